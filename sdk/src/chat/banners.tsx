/** What stands in the way, or what the user should know before writing, most urgent first. */
import { useState, type ReactNode } from "react";
import { useCanMessage, useEstimate, usePostern, type UseConversation } from "../react/index.js";
import { explained, sol } from "./format.js";
import { useLabels } from "./labels.js";

/** Lamports that one click adds. */
const TOP_UP_LAMPORTS = 10_000_000n;
/** Messages' fees below which the balance is low, and bytes whose rent it can never spend. */
const LOW_MESSAGES = 20n;
const EMPTY_ACCOUNT_BYTES = 128n;

export function Banner({ kind, children, actions }: { readonly kind: "info" | "warning"; readonly children: ReactNode; readonly actions?: ReactNode }): ReactNode {
  return (
    <div className="postern-banner" data-kind={kind} role="status">
      <span>{children}</span>
      {actions}
    </div>
  );
}

/** Of the account: they stand above everything. */
export function AccountBanners(): ReactNode {
  const labels = useLabels();
  const { connection, storage, keysExpireAt, error } = usePostern();
  return (
    <>
      {connection === "offline" && <Banner kind="warning">{labels.offline}</Banner>}
      {storage === "memory" && <Banner kind="info">{labels.forgetful}</Banner>}
      {keysExpireAt && <Banner kind="warning">{labels.keysExpire(keysExpireAt.toLocaleDateString())}</Banner>}
      {error && <Banner kind="warning">{explained(error, labels)}</Banner>}
    </>
  );
}

/** Of one conversation. */
export function ThreadBanners({ chat, onVerify }: { readonly chat: UseConversation; readonly onVerify: () => void }): ReactNode {
  const labels = useLabels();
  const canMessage = useCanMessage(chat.peer);
  const failed = (code: string): boolean => chat.items.some(({ error }) => error?.code === code);
  const unreachable = chat.status === "ready" && !chat.canSend && canMessage === false && (chat.state === "new" || chat.state === "closed");
  return (
    <>
      {chat.status === "failed" && chat.error && <Banner kind="warning">{explained(chat.error, labels)}</Banner>}
      {chat.keysChanged && (
        <Banner kind="warning" actions={<><button type="button" onClick={onVerify}>{labels.safetyNumber}</button><button type="button" onClick={chat.acceptKeys}>{labels.keysChecked}</button></>}>
          {labels.keysChanged}
        </Banner>
      )}
      {unreachable && <Banner kind="info">{labels.notRegistered}</Banner>}
      {chat.state === "requested" && <Banner kind="info">{labels.waiting}</Banner>}
      {chat.state === "incoming" && <Banner kind="info">{labels.incoming}</Banner>}
      {chat.state === "declined" && <Banner kind="warning">{labels.declined}</Banner>}
      {chat.state === "closed" && !unreachable && <Banner kind="info">{labels.closed}</Banner>}
      {failed("INBOX_FULL") && <Banner kind="warning">{labels.inboxFull}</Banner>}
      <LowBalance failed={failed("INSUFFICIENT_FUNDS")} />
    </>
  );
}

function LowBalance({ failed }: { readonly failed: boolean }): ReactNode {
  const labels = useLabels();
  const { lowBalance, balanceLamports, fund } = usePostern();
  const estimate = useEstimate();
  const [busy, setBusy] = useState(false);
  const least = estimate && LOW_MESSAGES * estimate.message.feeLamports + EMPTY_ACCOUNT_BYTES * estimate.lamportsPerByte;
  const low = lowBalance || failed || (balanceLamports !== undefined && least !== undefined && balanceLamports < least);
  if (!low) return null;
  const add = async (): Promise<void> => {
    setBusy(true);
    await fund(TOP_UP_LAMPORTS).finally(() => setBusy(false));
  };
  return <Banner kind="warning" actions={<button type="button" disabled={busy} onClick={() => void add()}>{labels.addFunds(sol(TOP_UP_LAMPORTS))}</button>}>{labels.lowBalance}</Banner>;
}
