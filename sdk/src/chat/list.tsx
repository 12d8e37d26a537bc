/** All conversations, and the beginning of a new one. */
import { memo, useId, useState, type FormEvent, type ReactNode } from "react";
import type { ConversationSummary } from "../observe/index.js";
import { useConversations, useMessaging, useRequests, useUnread } from "../react/index.js";
import { briefly } from "./format.js";
import { Icon } from "./icons.js";
import { useLabels } from "./labels.js";
import { Avatar, PersonName } from "./person.js";
import { Requests } from "./requests.js";

type Props = { readonly selected: string | undefined; readonly onSelect: (peer: string) => void };

export function ConversationList({ selected, onSelect }: Props): ReactNode {
  const labels = useLabels();
  const { status, items } = useConversations();
  const { requests } = useRequests();
  const unread = useUnread();
  const [starting, setStarting] = useState(false);
  return (
    <div className="postern-list">
      <header className="postern-header">
        <h2>{labels.messages} {unread > 0 && <span className="postern-badge" aria-label={labels.unread(unread)}>{unread}</span>}</h2>
        <button type="button" className="postern-icon-button" aria-expanded={starting} aria-label={labels.newMessage} onClick={() => setStarting(!starting)}><Icon name="plus" /></button>
      </header>
      {starting && <NewMessage onStart={(peer) => (setStarting(false), onSelect(peer))} />}
      <div className="postern-scroll" tabIndex={0} role="group" aria-label={labels.conversations}>
        <Requests onAccepted={onSelect} />
        {items.length === 0 && requests.length === 0 && <p className="postern-empty">{status === "ready" ? labels.noConversations : labels.loading}</p>}
        <ul className="postern-conversations">
          {items.map((item) => <Item key={item.peer} item={item} selected={item.peer === selected} onSelect={onSelect} />)}
        </ul>
      </div>
    </div>
  );
}

const Item = memo(function Item({ item, selected, onSelect }: { readonly item: ConversationSummary; readonly selected: boolean; readonly onSelect: (peer: string) => void }): ReactNode {
  const labels = useLabels();
  const { peer, latest, unread } = item;
  const preview = latest === undefined ? "" : latest.kind === "content" ? latest.text : labels.unreadable;
  return (
    <li>
      <button type="button" className="postern-conversation" aria-current={selected || undefined} data-unread={unread > 0 || undefined} data-peer={peer} onClick={() => onSelect(peer)}>
        <Avatar address={peer} />
        <span className="postern-summary">
          <span className="postern-row">
            <span className="postern-who"><PersonName address={peer} /></span>
            {latest && <time dir="auto" dateTime={latest.postedAt.toISOString()}>{briefly(latest.postedAt)}</time>}
          </span>
          <span className="postern-row">
            <span className="postern-preview">{latest?.mine && <span>{labels.you}: </span>}<bdi>{preview}</bdi></span>
            {unread > 0 && <span className="postern-badge" aria-label={labels.unread(unread)}>{unread}</span>}
          </span>
        </span>
      </button>
    </li>
  );
});

function NewMessage({ onStart }: { readonly onStart: (peer: string) => void }): ReactNode {
  const labels = useLabels();
  const messaging = useMessaging();
  const [text, setText] = useState("");
  const [problem, setProblem] = useState("");
  const id = useId();
  const start = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const peer = await messaging.resolve(text);
    if (peer === undefined) setProblem(labels.notFound);
    else if (peer === messaging.account.getSnapshot().address) setProblem(labels.ownAddress);
    else onStart(peer);
  };
  return (
    <form className="postern-new" onSubmit={(event) => void start(event)}>
      <input autoFocus dir="ltr" value={text} placeholder={labels.recipient} aria-label={labels.recipient} aria-describedby={id} aria-invalid={problem !== ""} spellCheck={false} autoComplete="off" onChange={(event) => (setText(event.target.value), setProblem(""))} />
      <button type="submit" disabled={text.trim() === ""}>{labels.start}</button>
      <p id={id} className="postern-error" role="alert">{problem}</p>
    </form>
  );
}
