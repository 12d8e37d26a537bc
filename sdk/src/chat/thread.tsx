/** One conversation: whom it is with, what was said, and where to write. */
import { useEffect, useRef, useState, type ReactNode } from "react";
import { shortAddress } from "../observe/index.js";
import { useConversation, useName, type UseConversation } from "../react/index.js";
import { ThreadBanners } from "./banners.js";
import { Bubbles } from "./bubbles.js";
import { Composer } from "./composer.js";
import { explained } from "./format.js";
import { Icon } from "./icons.js";
import { useLabels } from "./labels.js";
import { Avatar, PersonName } from "./person.js";

export function ConversationThread({ peer, takesFocus, onBack }: { readonly peer: string; readonly takesFocus: boolean; readonly onBack: () => void }): ReactNode {
  const labels = useLabels();
  const chat = useConversation(peer);
  const { name } = useName(peer);
  const [verifying, setVerifying] = useState(false);
  return (
    <div className="postern-thread" role="group" aria-label={name ?? shortAddress(peer)}>
      <header className="postern-header">
        <button type="button" className="postern-icon-button postern-back" aria-label={labels.back} onClick={onBack}><Icon name="back" /></button>
        <Avatar address={peer} />
        <h2><PersonName address={peer} full /></h2>
        <button type="button" className="postern-icon-button" aria-expanded={verifying} aria-label={labels.safetyNumber} disabled={chat.status !== "ready"} onClick={() => setVerifying(!verifying)}><Icon name="shield" /></button>
      </header>
      {verifying && <SafetyNumber chat={chat} onClose={() => setVerifying(false)} />}
      <ThreadBanners chat={chat} onVerify={() => setVerifying(true)} />
      {chat.status === "loading" || chat.status === "waiting" ? <p className="postern-empty" role="status">{labels.loading}</p> : <Bubbles chat={chat} name={name ?? shortAddress(peer)} />}
      <Composer chat={chat} takesFocus={takesFocus} />
    </div>
  );
}

function SafetyNumber({ chat, onClose }: { readonly chat: UseConversation; readonly onClose: () => void }): ReactNode {
  const labels = useLabels();
  const [digits, setDigits] = useState("");
  const [problem, setProblem] = useState("");
  const section = useRef<HTMLDivElement>(null);
  const { safetyNumber, keysChanged } = chat;
  useEffect(() => section.current?.focus(), []);
  useEffect(() => {
    let wanted = true;
    safetyNumber().then(
      (found) => wanted && setDigits(found.replace(/\s/g, "")),
      (error: { code: string; message: string }) => wanted && setProblem(explained(error, labels)),
    );
    return () => {
      wanted = false;
    };
  }, [safetyNumber, labels, keysChanged]); // other keys, other digits
  return (
    <div className="postern-safety" role="group" aria-label={labels.safetyNumber} tabIndex={-1} ref={section}>
      {digits && <p className="postern-digits" dir="ltr">{digits.match(/.{1,5}/g)?.map((group, i) => <span key={i}>{group} </span>)}</p>}
      <p role={problem ? "alert" : undefined}>{problem || labels.safetyNumberHelp}</p>
      <button type="button" onClick={onClose}>{labels.close}</button>
    </div>
  );
}
