/** The address of the wallet that is connected, to give to others. */
import { usePostern } from "@postern/sdk/react";
import type { ReactNode } from "react";

export function Address(): ReactNode {
  const { address } = usePostern();
  if (address === undefined) return null;
  return <button type="button" className="page-address" title="Copy the address" onClick={() => void navigator.clipboard?.writeText(address)}>{address}</button>;
}
