/** Where a message is written, with what it costs. */
import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { useEstimate, type UseConversation } from "../react/index.js";
import { byteLength, sol } from "./format.js";
import { Icon } from "./icons.js";
import { useLabels } from "./labels.js";

/** Bytes of UTF-8 that one message holds, and when the count is shown. */
const MOST_BYTES = 885;
const COUNT_FROM = 600;

export function Composer({ chat, takesFocus }: { readonly chat: UseConversation; /** As soon as it can be written in. */ readonly takesFocus: boolean }): ReactNode {
  const labels = useLabels();
  const [text, setText] = useState("");
  const field = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  const cost = useCost(chat);
  const bytes = byteLength(text);
  const ready = chat.status === "ready" && chat.canSend;
  const sendable = ready && text.trim() !== "" && bytes <= MOST_BYTES;

  useEffect(() => {
    if (ready && takesFocus && !matchMedia("(pointer: coarse)").matches) field.current?.focus(); // on a phone it would bring up the keyboard
  }, [ready, takesFocus]);

  const send = (): void => {
    if (!sendable) return;
    chat.send(text, { maxPostageLamports: cost.postageLamports });
    setText("");
    if (!chat.atEnd) void chat.latest();
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return; // an input method's Enter picks a word
    event.preventDefault();
    send();
  };
  return (
    <form className="postern-composer" onSubmit={(event) => (event.preventDefault(), send())}>
      <div className="postern-field">
        <textarea
          ref={field} rows={1} dir="auto" value={text} disabled={!ready} aria-label={labels.write} placeholder={labels.write} aria-describedby={id}
          onChange={(event) => setText(event.target.value)} onKeyDown={onKeyDown} enterKeyHint="send"
        />
        <button type="submit" className="postern-send" disabled={!sendable} aria-label={labels.send}><Icon name="send" /></button>
      </div>
      <p id={id} className="postern-cost">
        {bytes > MOST_BYTES ? <strong>{labels.tooLong(bytes - MOST_BYTES)}</strong> : bytes > COUNT_FROM ? labels.bytesLeft(MOST_BYTES - bytes) : ready ? cost.text : ""}
      </p>
    </form>
  );
}

/** What the next message costs, in words, and the postage that is agreed to by sending it. */
function useCost({ peer, state, canSend }: UseConversation): { readonly text: string; readonly postageLamports: bigint } {
  const labels = useLabels();
  const opens = state === "new" || state === "closed";
  const estimate = useEstimate(opens && canSend ? peer : undefined);
  if (!estimate) return { text: "", postageLamports: 0n };
  const { rentLamports, feeLamports, postageLamports } = opens ? estimate.open : state === "incoming" ? estimate.answer : estimate.message;
  const text = rentLamports > 0n ? labels.costOpen(sol(rentLamports), sol(feeLamports)) : labels.costMessage(sol(feeLamports));
  return { text: text + (postageLamports > 0n ? labels.costPostage(sol(postageLamports)) : ""), postageLamports };
}
