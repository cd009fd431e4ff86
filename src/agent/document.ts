/**
 * Small documents that a front end keeps in the store, one for each key of a kind, such as the settings of a server. Changed in one
 * step, so that of two who change one at once neither loses anything.
 */

export interface DocumentKind<Content> {
  /** Letters and `-`; the keys of the store begin with it. */
  readonly name: string;
  /**
   * What reads a stored document of any version; loaded when the first one is read. The reader gives undefined for what is none:
   * that is set aside, and counts as not there.
   */
  readonly loadReader: () => Promise<(stored: unknown) => Content | undefined>;
}

/** Every call rejects with an `AppError` of code `store-failed` when the store does not do it in time. */
export interface Documents {
  load<Content>(kind: DocumentKind<Content>, key: string): Promise<Content | undefined>;
  /**
   * Puts what `change` makes of the document in its place; `change` is called again where another process was first.
   * @param change Pure. Given undefined where there is none; when it gives undefined, nothing is left of it.
   */
  change<Content>(
    kind: DocumentKind<Content>,
    key: string,
    change: (content: Content | undefined) => Content | undefined,
  ): Promise<void>;
}
