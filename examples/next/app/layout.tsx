import type { ReactNode } from "react";

export default function Layout({ children }: { readonly children: ReactNode }): ReactNode {
  return <html lang="en"><head><title>My dApp</title></head><body>{children}</body></html>;
}
