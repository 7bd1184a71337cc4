/** The `EventEmitter` of Node.js for browsers, which the graph libraries ask for by name. */
import events from "events-browser";

export default events;
export const EventEmitter = events.EventEmitter;
