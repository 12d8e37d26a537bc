/** What stands before the messages: a wallet, the unlocking, the registration. */
import type { ReactNode } from "react";
import { useEstimate, usePostern } from "../react/index.js";
import { sol } from "./format.js";
import { Icon } from "./icons.js";
import { useLabels } from "./labels.js";

export function Gate(): ReactNode {
  const labels = useLabels();
  const { phase, unlock, register } = usePostern();
  const estimate = useEstimate();
  if (phase === "noWallet") return <Page><p>{labels.noWallet}</p></Page>;
  if (phase === "resuming") return <Page><p role="status">{labels.resuming}</p></Page>;
  if (phase === "locked" || phase === "unlocking") {
    const busy = phase === "unlocking";
    return (
      <Page title={labels.lockedTitle}>
        <p>{labels.locked}</p>
        <button type="button" className="postern-primary" disabled={busy} onClick={() => void unlock()}>{busy ? labels.unlocking : labels.unlock}</button>
      </Page>
    );
  }
  const busy = phase === "registering";
  return (
    <Page title={labels.unregisteredTitle}>
      <p>{labels.unregistered}</p>
      {estimate && <p className="postern-cost">{labels.registerCost(sol(estimate.register.rentLamports), sol(estimate.register.feeLamports))}</p>}
      <button type="button" className="postern-primary" disabled={busy} onClick={() => void register()}>{busy ? labels.registering : labels.register}</button>
    </Page>
  );
}

function Page({ title, children }: { readonly title?: string; readonly children: ReactNode }): ReactNode {
  return (
    <div className="postern-gate">
      <span className="postern-gate-icon"><Icon name="lock" /></span>
      {title !== undefined && <h3>{title}</h3>}
      {children}
    </div>
  );
}
