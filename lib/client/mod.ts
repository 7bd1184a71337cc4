/**
 * Floor 6: the WebSocket client: follows a simulation or node, learns, and sends suggestions.
 *
 * @module
 */
export * from "./connection.ts";
export * from "./lens_client.ts";
export * from "./suggestion_book.ts";
