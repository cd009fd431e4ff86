/** What goes over the wire. Its shape is held against Discord's published schemas by the tests, not by types. */

export type JsonObject = Readonly<Record<string, unknown>>;
