/**
 * Interactions that were posted to a process that does not have their shard, until the one that has it answers them: a document
 * for each shard, changed in one step, so that of two processes one alone does what it wants with an entry.
 */
import type { DocumentKind, Documents } from '../../../agent/document.ts';
import { isRecord } from '../../../json.ts';
import { type Arrival, type Audience, type RawInteraction, readRawInteraction } from './arrival.ts';

interface Entries {
  readonly version: 1;
  readonly entries: readonly Arrival[];
}

const none: Entries = { version: 1, entries: [] };

const kind: DocumentKind<Entries> = { name: 'interactions', loadReader: async () => readEntries };

export class Mailbox {
  readonly #documents: Documents;
  readonly #key: string;

  constructor(documents: Documents, { shardId, count }: { readonly shardId: number; readonly count: number }) {
    this.#documents = documents;
    this.#key = `${shardId}/${count}`;
  }

  async read(): Promise<readonly Arrival[]> {
    return (await this.#documents.load(kind, this.#key))?.entries ?? [];
  }

  /** Once, however often. */
  async put(arrival: Arrival): Promise<void> {
    const { id } = arrival.interaction;
    await this.#change((entries) =>
      entries.some(({ interaction }) => interaction.id === id) ? entries : [...entries, arrival],
    );
  }

  /** Removes it, so that nobody else answers it; what was acknowledged stays until it is done. @returns how it stood; undefined: it is not there any more. */
  async take(interaction: RawInteraction): Promise<Arrival | undefined> {
    let found: Arrival | undefined;
    await this.#change((entries) => {
      found = entries.find((entry) => entry.interaction.id === interaction.id);
      return found?.thinkingFor !== undefined ? entries : without(entries, interaction);
    });
    return found;
  }

  /** Whoever has it acknowledged says so first. @returns false when another answers it already. */
  async acknowledge(interaction: RawInteraction, thinkingFor: Audience): Promise<boolean> {
    let isThere = false;
    await this.#change((entries) => {
      isThere = entries.some(({ interaction: { id } }) => id === interaction.id);
      return entries.map((entry) => (entry.interaction.id === interaction.id ? { ...entry, thinkingFor } : entry));
    });
    return isThere;
  }

  async remove(interaction: RawInteraction): Promise<void> {
    await this.#change((entries) => without(entries, interaction));
  }

  async #change(change: (entries: readonly Arrival[]) => readonly Arrival[]): Promise<void> {
    await this.#documents.change(kind, this.#key, (stored) => ({ ...none, entries: change(stored?.entries ?? []) }));
  }
}

function without(entries: readonly Arrival[], { id }: RawInteraction): readonly Arrival[] {
  return entries.filter(({ interaction }) => interaction.id !== id);
}

/** Undefined for what is no such document. */
function readEntries(stored: unknown): Entries | undefined {
  if (!isRecord(stored) || stored.version !== 1 || !Array.isArray(stored.entries)) return undefined;
  return { version: 1, entries: stored.entries.flatMap((entry: unknown) => readEntry(entry) ?? []) };
}

function readEntry(stored: unknown): Arrival | undefined {
  const { interaction: kept, thinkingFor } = isRecord(stored) ? stored : {};
  const interaction = readRawInteraction(kept);
  if (interaction === undefined) return undefined;
  return thinkingFor === 'asker' || thinkingFor === 'all' ? { interaction, thinkingFor } : { interaction };
}
