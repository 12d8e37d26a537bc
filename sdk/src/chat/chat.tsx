/** The drop-in chat, and the bell that opens it. Import `@postern/sdk/chat.css` once beside it. */
import { useCallback, useEffect, useId, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { usePostern, useUnread } from "../react/index.js";
import { AccountBanners } from "./banners.js";
import { Gate } from "./gate.js";
import { Icon } from "./icons.js";
import { ENGLISH, LabelsProvider, type Labels } from "./labels.js";
import { ConversationList } from "./list.js";
import { ConversationThread } from "./thread.js";

export type ChatProps = {
  /** Translations, in part or in whole. */
  readonly labels?: Partial<Labels>;
  /** auto: as the system is set. */
  readonly theme?: "light" | "dark" | "auto";
  /** The conversation that is shown at first. */
  readonly peer?: string | undefined;
};

/**
 * Everything in one place: unlocking, registration, requests, conversations, messages. It fills what it is put into; below 640 px it
 * shows the list or a conversation, above both.
 *
 * @example
 * ```tsx
 * import { PosternChat } from "@postern/sdk/chat";
 * import { PosternProvider } from "@postern/sdk/react";
 * import "@postern/sdk/chat.css";
 *
 * const page = <PosternProvider connection={connection} wallet={wallet}><PosternChat /></PosternProvider>;
 * ```
 */
export function PosternChat({ labels, theme = "auto", peer }: ChatProps): ReactNode {
  const words = useMemo((): Labels => ({ ...ENGLISH, ...labels }), [labels]);
  const { phase, address } = usePostern();
  const [selected, setSelected] = useState(peer);
  const [picked, setPicked] = useState(0);
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => setSelected(peer), [peer, address]); // another wallet has other conversations
  const open = phase === "ready";
  const select = useCallback((next: string): void => {
    setSelected(next);
    setPicked((times) => times + 1);
  }, []);
  const back = (): void => {
    const from = selected;
    setSelected(undefined);
    requestAnimationFrame(() => Array.from(root.current?.querySelectorAll<HTMLElement>("[data-peer]") ?? []).find(({ dataset }) => dataset["peer"] === from)?.focus());
  };
  return (
    <LabelsProvider value={words}>
      <div className="postern" data-theme={theme} ref={root}>
        <AccountBanners />
        {open ? (
          <div className="postern-panes" data-view={selected === undefined ? "list" : "thread"}>
            <ConversationList selected={selected} onSelect={select} />
            {selected === undefined ? <p className="postern-empty postern-thread">{words.pickOne}</p> : <ConversationThread key={`${selected} ${picked}`} peer={selected} takesFocus={picked > 0} onBack={back} />}
          </div>
        ) : <Gate />}
      </div>
    </LabelsProvider>
  );
}

/** A bell with the count of what is unread, and the chat in a panel that it opens. Escape closes it. */
export function PosternBell(props: ChatProps): ReactNode {
  const words = useMemo((): Labels => ({ ...ENGLISH, ...props.labels }), [props.labels]);
  const unread = useUnread();
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !open) return;
    setOpen(false);
    button.current?.focus();
  };
  const name = open ? words.closeMessages : words.openMessages;
  return (
    <div className="postern-bell" data-theme={props.theme ?? "auto"} onKeyDown={onKeyDown}>
      <button ref={button} type="button" className="postern-bell-button" aria-expanded={open} aria-controls={open ? id : undefined} aria-label={unread > 0 ? `${name}, ${words.unread(unread)}` : name} onClick={() => setOpen(!open)}>
        <Icon name={open ? "close" : "bell"} />
        {unread > 0 && <span className="postern-badge" aria-hidden="true">{unread > 99 ? "99+" : unread}</span>}
      </button>
      <span className="postern-hidden" role="status">{unread > 0 ? words.unread(unread) : ""}</span>
      {open && <div id={id} className="postern-panel" role="region" aria-label={words.messages}><PosternChat {...props} /></div>}
    </div>
  );
}
