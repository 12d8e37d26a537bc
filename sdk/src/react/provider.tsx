/** Gives the components below it the messages of the connected wallet. */
import { createContext, useContext, useEffect, useMemo, useRef, type ReactNode } from "react";
import { Messaging, type MessagingOptions } from "../observe/index.js";

export type PosternProviderProps = MessagingOptions & { readonly children?: ReactNode };

const Context = createContext<Messaging | undefined>(undefined);

/**
 * Nothing happens on the network before `unlock()` of {@link usePostern} is called, or where this device has kept a session and the page
 * loads again. May be rendered on a server, and twice, as strict mode does. Another account, connection or program is another session;
 * of all other options those of the first rendering hold.
 *
 * @example
 * ```tsx
 * import { PosternProvider } from "@postern/sdk/react";
 *
 * const app = <PosternProvider connection={connection} wallet={wallet}>{children}</PosternProvider>;
 * ```
 */
export function PosternProvider({ children, ...options }: PosternProviderProps): ReactNode {
  const { wallet, connection, programId } = options;
  const address = wallet?.publicKey?.toBase58();
  const latest = useRef(options);
  latest.current = options;
  // Made while rendering, without any effect: it begins when it is held. Options are read from what was rendered last.
  const messaging = useMemo(() => new Messaging({ ...latest.current, connection, programId, wallet: address === undefined ? undefined : latest.current.wallet } as MessagingOptions), [address, connection, programId]);
  useEffect(() => messaging.hold(), [messaging]);
  useEffect(() => messaging.useWallet(wallet), [messaging, wallet]);
  return <Context.Provider value={messaging}>{children}</Context.Provider>;
}

/** What the hooks are made of. @throws Error outside a {@link PosternProvider} */
export function useMessaging(): Messaging {
  const messaging = useContext(Context);
  if (messaging === undefined) throw new Error("Put a <PosternProvider> around the components that use Postern's hooks.");
  return messaging;
}
