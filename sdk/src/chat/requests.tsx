/** Wallets that wait for an answer. Nothing of theirs is shown but the first words, as text. */
import type { ReactNode } from "react";
import type { RequestSummary } from "../observe/index.js";
import { useRequests } from "../react/index.js";
import { briefly, explained } from "./format.js";
import { useLabels } from "./labels.js";
import { Avatar, PersonName } from "./person.js";

export function Requests({ onAccepted }: { readonly onAccepted: (peer: string) => void }): ReactNode {
  const labels = useLabels();
  const { requests } = useRequests();
  if (requests.length === 0) return null;
  return (
    <div role="group" aria-label={labels.requests}>
      <h3 className="postern-heading">{labels.requests} <span className="postern-badge">{requests.length}</span></h3>
      <ul className="postern-requests">
        {requests.map((request) => <Request key={request.from} request={request} onAccepted={onAccepted} />)}
      </ul>
    </div>
  );
}

function Request({ request, onAccepted }: { readonly request: RequestSummary; readonly onAccepted: (peer: string) => void }): ReactNode {
  const labels = useLabels();
  const { accept, decline } = useRequests();
  const { from, firstMessage, busy, error } = request;
  return (
    <li className="postern-request" aria-busy={busy !== undefined}>
      <Avatar address={from} />
      <div>
        <p className="postern-row"><span><PersonName address={from} full /> {labels.wantsToTalk}</span><time dir="auto" dateTime={firstMessage.postedAt.toISOString()}>{briefly(firstMessage.postedAt)}</time></p>
        <p className="postern-preview" dir="auto">{firstMessage.kind === "content" ? firstMessage.text : labels.unreadable}</p>
        {error && <p className="postern-error" role="alert">{explained(error, labels)}</p>}
        <p className="postern-actions">
          <button type="button" className="postern-primary" disabled={busy !== undefined} onClick={() => void accept(from).then((done) => done && onAccepted(from))}>{labels.accept}</button>
          <button type="button" disabled={busy !== undefined} onClick={() => void decline(from)}>{labels.decline}</button>
        </p>
      </div>
    </li>
  );
}
