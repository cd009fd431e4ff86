/** Interactions that are posted to the application's own endpoint. */

export interface Delivery {
  readonly interactionId: string;
  /** What the endpoint answered; `failed` where it did not within 3 s. */
  readonly status: number | 'failed';
  readonly afterMs: number;
}

export interface EndpointFace {
  /** Of the application, in hexadecimal digits. */
  readonly publicKey: string;
  /** What was posted there so far, oldest first. */
  readonly deliveries: readonly Delivery[];
  /** Saves its address, as the developer portal does; undefined: interactions go over the gateway again. Rejects when it does not answer a PING, or takes a wrong signature. */
  set(url: string | undefined): Promise<void>;
  /** Headers of a body as Discord signs it. @param atSeconds Default now. */
  sign(body: string, atSeconds?: number): Readonly<Record<string, string>>;
  /** Posts an interaction once more, to the same address. Resolves with whether it was taken. */
  repeat(interactionId: string): Promise<boolean>;
  /** Discord's JSON of an interaction. */
  payloadOf(interactionId: string): string;
}
