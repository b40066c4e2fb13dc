import React, { useState } from 'react';
import { useTrans } from '../../basics/context';

/** So long may a message be, in characters. */
export const LONGEST_MESSAGE = 4000;

/** Where a message is written. Enter sends it, Shift+Enter begins a line; what could not be sent stays. */
export function Composer(props: {
  /** Whether it is known who writes: before that nothing can be said. */
  isKnown: boolean;
  onSend: (text: string) => Promise<void>;
  onTyping: () => void;
}): React.JSX.Element {
  const { isKnown, onSend, onTyping } = props;
  const trans = useTrans();
  const [text, setText] = useState('');
  const [isSending, setIsSending] = useState(false);
  const isWritten = text.trim() !== '';
  const send = async (): Promise<void> => {
    if (!isKnown || !isWritten || isSending) {
      return;
    }
    setIsSending(true);
    try {
      await onSend(text.trim());
      setText('');
    } catch {
      // Whoever sends says why it failed; the text stays.
    } finally {
      setIsSending(false);
    }
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault();
      void send();
    }
  };
  return (
    <form
      className="crispdm-Chat-composer"
      onSubmit={event => {
        event.preventDefault();
        void send();
      }}
    >
      <textarea
        className="crispdm-Input"
        rows={2}
        value={text}
        maxLength={LONGEST_MESSAGE}
        aria-label={trans.__('Message')}
        placeholder={trans.__('Write a message. Enter sends it.')}
        readOnly={!isKnown || isSending}
        onChange={event => {
          setText(event.target.value);
          onTyping();
        }}
        onKeyDown={onKeyDown}
      />
      <button
        className="crispdm-Button crispdm-mod-accept"
        disabled={!isKnown || !isWritten || isSending}
      >
        {trans.__('Send')}
      </button>
    </form>
  );
}
