/** The store: whether it can be written and read, what survives in it, how much room there is, and who else can read it. */
import { inspectStore, type StoreState } from '../../agent/store/inspect-store.ts';
import { type Check, isBad, skipped } from '../check.ts';
import type { Finding } from '../finding.ts';
import type { Words } from '../words.ts';

const mebibyte = 1024 * 1024;
const littleRoom = 200 * mebibyte;
const hardlyAnyRoom = 20 * mebibyte;

export const checkStore: Check = async (context) => {
  const { config, words } = context;
  if (isBad(context, 'STORE_URL', 'STORE_KEY')) return skipped(words);
  const inspected = await inspectStore(config.storeUrl, config.storeKey);
  if (inspected.type === 'usable') return toFindings(inspected.state, words);
  const { address, failure, reason } = inspected;
  const text = failure === 'key' ? `STORE_KEY ${reason}` : words.storeFails(address, reason);
  return [{ status: 'problem', text, ...(failure === 'key' ? {} : { advice: words.storeTodo[failure] }) }];
};

function toFindings(state: StoreState, words: Words): Finding[] {
  const { address, isThere, isHeld, probeMs, condition, openFiles } = state;
  const findings: Finding[] = [
    { status: 'ok', text: isThere ? words.storeFine(address, probeMs ?? 0) : words.storeNew(address) },
  ];
  if (isHeld) findings.push({ status: 'ok', text: words.storeHeld });
  const isLossy = ['everything', 'with-server', 'minutes'].includes(condition.loses);
  findings.push({
    status: isLossy ? 'warning' : 'ok',
    text: words.storeLoses[condition.loses],
    ...(isLossy ? { advice: words.storeLosesTodo } : {}),
  });
  if (condition.isEvicting)
    findings.push({ status: 'problem', text: words.storeEvicts, advice: words.storeEvictsTodo });
  if (condition.freeBytes !== undefined) findings.push(toRoom(condition.freeBytes, words));
  if (openFiles.length > 0)
    findings.push({
      status: 'warning',
      text: words.storeOpenFiles,
      advice: words.storeOpenFilesTodo(openFiles.join(' ')),
    });
  const seal = toSeal(state, words);
  return seal === undefined ? findings : [...findings, seal];
}

function toRoom(freeBytes: number, words: Words): Finding {
  const text = words.storeRoom(toSize(freeBytes));
  if (freeBytes >= littleRoom) return { status: 'ok', text };
  return { status: freeBytes < hardlyAnyRoom ? 'problem' : 'warning', text, advice: words.storeRoomTodo };
}

function toSize(bytes: number): string {
  const mebibytes = bytes / mebibyte;
  return mebibytes < 1024 ? `${mebibytes.toFixed(1)} MB` : `${(mebibytes / 1024).toFixed(1)} GB`;
}

function toSeal({ address, seal }: StoreState, words: Words): Finding | undefined {
  if (seal === undefined || address.startsWith('memory:')) return undefined;
  const isShared = !address.startsWith('sqlite:');
  return seal === 'plain' && isShared
    ? { status: 'warning', text: words.storeNotSealed, advice: words.storeNotSealedTodo }
    : { status: 'ok', text: words.seal[seal] };
}
