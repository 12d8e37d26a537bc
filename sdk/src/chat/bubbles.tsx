/** The messages of a conversation, and a list of them that stays where the reader is. */
import { memo, useEffect, useLayoutEffect, useRef, type ReactNode } from "react";
import type { ThreadItem } from "../observe/index.js";
import type { UseConversation } from "../react/index.js";
import { dayOf, explained, timeOf } from "./format.js";
import { useLabels } from "./labels.js";
import { MessageText } from "./text.js";

/** This near to its end, a list follows what comes. */
const NEAR_END_PX = 48;
const useBeforePaint = typeof window === "undefined" ? useEffect : useLayoutEffect; // a server does neither, and would complain of the one

export function Bubbles({ chat, name }: { readonly chat: UseConversation; readonly name: string }): ReactNode {
  const labels = useLabels();
  const { items, hasOlder, loadingOlder, atEnd, older, latest, markRead, retry, cancel } = chat;
  const list = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  const reading = useRef<Reading>(undefined);

  useBeforePaint(() => {
    const element = list.current;
    if (!element) return;
    if (follows.current && atEnd) element.scrollTop = element.scrollHeight;
    else if (reading.current?.bubble.isConnected) element.scrollTop = reading.current.bubble.offsetTop - reading.current.top; // what is read stays where it is
    reading.current = readingIn(element);
  }, [items, atEnd]);

  useEffect(() => {
    const element = list.current;
    if (!element || typeof ResizeObserver === "undefined") return undefined;
    const observer = new ResizeObserver(() => {
      if (follows.current) element.scrollTop = element.scrollHeight; // a notice above it, or a phone's keyboard
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    const seen = (): void => {
      if (document.visibilityState === "visible" && follows.current) void markRead();
    };
    seen();
    document.addEventListener("visibilitychange", seen);
    return () => document.removeEventListener("visibilitychange", seen);
  }, [items, markRead]);

  const onScroll = (): void => {
    const element = list.current;
    if (!element) return;
    follows.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END_PX;
    reading.current = readingIn(element);
    if (follows.current) void markRead();
    if (element.scrollTop < NEAR_END_PX && hasOlder && !loadingOlder) void older();
  };
  return (
    <div className="postern-bubbles" ref={list} tabIndex={0} role="log" aria-label={`${labels.messages}: ${name}`} onScroll={onScroll}>
      {hasOlder && <button type="button" className="postern-older" disabled={loadingOlder} onClick={() => void older()}>{loadingOlder ? labels.loading : labels.loadOlder}</button>}
      {items.map((item, i) => (
        <Bubble key={item.key} item={item} newDay={item.at.toDateString() !== items[i - 1]?.at.toDateString()} retry={retry} cancel={cancel} />
      ))}
      {!atEnd && <button type="button" className="postern-older" onClick={() => (follows.current = true, void latest())}>{labels.toLatest}</button>}
    </div>
  );
}

/** A message in view, and how far below the upper edge of the list it is. */
type Reading = { readonly bubble: HTMLElement; readonly top: number } | undefined;

/** The first message of which anything is in view. */
function readingIn(list: HTMLElement): Reading {
  const all = list.getElementsByClassName("postern-bubble") as HTMLCollectionOf<HTMLElement>;
  let [from, to] = [0, all.length - 1];
  while (from < to) {
    const middle = (from + to) >> 1;
    const { offsetTop = 0, offsetHeight = 0 } = all[middle] ?? {};
    if (offsetTop + offsetHeight <= list.scrollTop) from = middle + 1;
    else to = middle;
  }
  const bubble = all[from];
  return bubble && { bubble, top: bubble.offsetTop - list.scrollTop };
}

/** Of an entry that stands for messages which are not here: how many, and whether they are to be had at all. */
function absentIn({ message }: ThreadItem): { readonly kind: "lost" | "notLoaded"; readonly count: number } | undefined {
  if (message?.kind !== "unreadable") return undefined;
  const range = message.missing ?? message.unfetched;
  return range && { kind: message.missing ? "lost" : "notLoaded", count: range.lastSeq - range.firstSeq + 1 };
}

type BubbleProps = { readonly item: ThreadItem; readonly newDay: boolean; readonly retry: (key: string) => void; readonly cancel: (key: string) => void };

const Bubble = memo(function Bubble({ item, newDay, retry, cancel }: BubbleProps): ReactNode {
  const labels = useLabels();
  const { key, mine, text, at, status, error } = item;
  const day = newDay && <p className="postern-day"><time dateTime={at.toISOString().slice(0, 10)}>{dayOf(at, labels)}</time></p>;
  const absent = absentIn(item);
  if (absent) return <>{day}<p className="postern-note">{labels[absent.kind](absent.count)}</p></>;
  return (
    <>
      {day}
      <div className="postern-bubble" data-mine={mine || undefined} data-status={status}>
        {mine && <span className="postern-hidden">{labels.you}: </span>}
        {text === undefined ? <p className="postern-text postern-unreadable">{labels.unreadable}</p> : <MessageText text={text} />}
        <p className="postern-meta">
          <time dir="auto" dateTime={at.toISOString()}>{timeOf(at)}</time>
          {status && <span className="postern-status"> · {labels.statuses[status]}</span>}
        </p>
        {status === "failed" && (
          <div className="postern-failed" role="alert">
            {error && <p>{explained(error, labels)}</p>}
            <button type="button" onClick={() => retry(key)}>{labels.retry}</button>
            <button type="button" onClick={() => cancel(key)}>{labels.discard}</button>
          </div>
        )}
      </div>
    </>
  );
});
