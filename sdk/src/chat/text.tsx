/** A message's text, as text: nothing in it becomes markup, and a link does nothing until its host was shown and agreed to. */
import { memo, useState, type ReactNode } from "react";
import { useLabels } from "./labels.js";

const LINK = /https?:\/\/[^\s<>"'`\u202a-\u202e\u2066-\u2069]+/giu;
/** Ends of sentences and brackets that hardly belong to a link. */
const TRAILING = /[.,;:!?)\]}»”’]+$/u;

export type Part = { readonly kind: "text" | "link"; readonly text: string };

/** A text in parts that make it up again when put together. */
export function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (const match of text.matchAll(LINK)) {
    const link = match[0].replace(TRAILING, "");
    if (hostOf(link) === undefined) continue;
    if (match.index > at) parts.push({ kind: "text", text: text.slice(at, match.index) });
    parts.push({ kind: "link", text: link });
    at = match.index + link.length;
  }
  if (at < text.length || parts.length === 0) parts.push({ kind: "text", text: text.slice(at) });
  return parts;
}

/** In ASCII, so that letters of other alphabets show; undefined for what is no link or hides its host behind a user's name. */
export function hostOf(link: string): string | undefined {
  try {
    const { protocol, host, username, password } = new URL(link);
    return (protocol === "https:" || protocol === "http:") && username === "" && password === "" && host !== "" ? host : undefined;
  } catch {
    return undefined;
  }
}

export const MessageText = memo(function MessageText({ text }: { readonly text: string }): ReactNode {
  const [asked, setAsked] = useState<string>();
  return (
    <>
      <p className="postern-text" dir="auto">
        {partsOf(text).map((part, i) => (part.kind === "link" ? (
          <button key={i} type="button" className="postern-link" dir="ltr" aria-expanded={asked === part.text} onClick={() => setAsked(asked === part.text ? undefined : part.text)}>{part.text}</button>
        ) : <span key={i}>{part.text}</span>))}
      </p>
      {asked !== undefined && <AskToOpen link={asked} onAnswer={() => setAsked(undefined)} />}
    </>
  );
});

function AskToOpen({ link, onAnswer }: { readonly link: string; readonly onAnswer: () => void }): ReactNode {
  const labels = useLabels();
  const host = hostOf(link);
  return (
    <div className="postern-link-ask" role="group" aria-label={`${labels.linkTo} ${host ?? ""}`}>
      {labels.linkTo} <bdi className="postern-link-host">{host}</bdi>{" "}
      <a className="postern-link-open" href={link} target="_blank" rel="noopener noreferrer nofollow ugc" referrerPolicy="no-referrer" onClick={onAnswer}>{labels.openLink}</a>{" "}
      <button type="button" className="postern-quiet" onClick={onAnswer}>{labels.keepClosed}</button>
    </div>
  );
}
