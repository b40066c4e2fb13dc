export { ChatView } from './chat';
export { PresenceView } from './presence';
export { SharedTextView } from './text';
export { WhiteboardView } from './whiteboard';
