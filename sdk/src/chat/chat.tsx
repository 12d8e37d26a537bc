/** The drop-in chat, and the bell that opens it. Import `@postern/sdk/chat.css` once beside it. */
import { useCallback, useEffect, useId, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { usePostern, useUnread } from "../react/index.js";
import { AccountBanners } from "./banners.js";
import { Gate } from "./gate.js";
import { Icon } from "./icons.js";
import { ENGLISH, LabelsProvider, type Labels } from "./labels.js";
import { ConversationList } from "./list.js";
import { ConversationThread } from "./thread.js";

/** Between the panel and the window's edges. */
const EDGE_PX = 12;

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
  const panel = useRef<HTMLDivElement>(null);
  const id = useId();
  useEffect(() => {
    if (!open) return undefined;
    const place = (): void => keepInView(panel.current);
    place();
    addEventListener("resize", place);
    return () => removeEventListener("resize", place);
  }, [open]);
  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Escape" && open) close();
  };
  const name = open ? words.closeMessages : words.openMessages;
  return (
    <div className="postern-bell" data-theme={props.theme ?? "auto"} onKeyDown={onKeyDown}>
      <button ref={button} type="button" className="postern-bell-button" aria-expanded={open} aria-controls={open ? id : undefined} aria-label={unread > 0 ? `${name}, ${words.unread(unread)}` : name} onClick={() => setOpen(!open)}>
        <Icon name={open ? "close" : "bell"} />
        {unread > 0 && <span className="postern-badge" aria-hidden="true">{unread > 99 ? "99+" : unread}</span>}
      </button>
      <span className="postern-hidden" role="status">{unread > 0 ? words.unread(unread) : ""}</span>
      {open && <div id={id} ref={panel} className="postern-panel" role="region" aria-label={words.messages}>
        <button type="button" className="postern-panel-close" aria-label={words.closeMessages} onClick={close}><Icon name="close" /></button>
        <PosternChat {...props} />
      </div>}
    </div>
  );
}

/** A panel that would reach beyond an edge of the window, because the bell is near to the other one, is moved as far as it needs. */
function keepInView(panel: HTMLElement | null): void {
  if (!panel) return;
  panel.style.transform = "";
  const { left, right, width } = panel.getBoundingClientRect();
  const room = document.documentElement.clientWidth;
  if (width + 2 * EDGE_PX > room) return; // a phone's: as wide as the window
  const move = Math.max(0, EDGE_PX - left) - Math.max(0, right + EDGE_PX - room);
  if (move !== 0) panel.style.transform = `translateX(${move}px)`;
}
