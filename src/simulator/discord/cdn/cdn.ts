/** Serves the files of messages by their signed addresses, and breaks on demand. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CdnFault } from '../face/cdn.ts';
import type { SimulatedAttachment } from '../face/message.ts';
import type { Files } from '../world/files.ts';
import { SignedAddresses } from './signed-addresses.ts';

/** Of messages, and of commands, where nobody but the bot is told of them. */
type Folder = 'attachments' | 'ephemeral-attachments';

/** Retained, the newest. */
const mostFetched = 1000;
const drop = Buffer.alloc(64 * 1024);

export class Cdn {
  readonly #files: Files;
  readonly #addresses: SignedAddresses;
  readonly #faults: CdnFault[] = [];
  readonly #fetched: string[] = [];

  constructor(files: Files, lifeMs: number) {
    this.#files = files;
    this.#addresses = new SignedAddresses(lifeMs);
  }

  /** Ids of the files that were asked for, oldest first; the same array all the time. */
  get fetched(): readonly string[] {
    return this.#fetched;
  }

  /** Strikes one file that is asked for each. */
  fail(fault: CdnFault, times = 1): void {
    this.#faults.push(...Array.from({ length: times }, () => fault));
  }

  /** @param ownerId the channel's id, or the application's. @returns the path with a signature of now. */
  addressOf(folder: Folder, ownerId: string, { id, filename }: Pick<SimulatedAttachment, 'id' | 'filename'>): string {
    return this.#addresses.sign(`/${folder}/${ownerId}/${id}/${encodeURIComponent(filename.toWellFormed())}`);
  }

  /** @returns false where the address is none of a file. */
  serve(request: IncomingMessage, response: ServerResponse): boolean {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const id = /^\/(?:ephemeral-)?attachments\/\d+\/(\d+)\//.exec(url.pathname)?.[1];
    const file = id === undefined ? undefined : this.#files.get(id);
    if (file === undefined) return false;
    this.#fetched.push(file.id);
    if (this.#fetched.length > mostFetched) this.#fetched.shift();
    const fault = this.#faults.shift();
    if (fault !== undefined) strike(fault, file, response);
    else if (this.#addresses.isGood(url)) send(file, response);
    else response.writeHead(404, { 'content-type': 'text/plain' }).end('This content is no longer available.');
    return true;
  }
}

function send({ contentType, data }: SimulatedAttachment, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': contentType, 'content-length': data.length }).end(data);
}

function strike(fault: CdnFault, { contentType, data }: SimulatedAttachment, response: ServerResponse): void {
  switch (fault.type) {
    case 'status':
      response.writeHead(fault.status).end();
      break;
    case 'redirect':
      response.writeHead(302, { location: fault.to }).end();
      break;
    case 'hang':
      // The socket stays open until one side gives up.
      break;
    case 'stall':
      response.writeHead(200, { 'content-type': contentType, 'content-length': data.length });
      response.write(data.subarray(0, Math.ceil(data.length / 2)));
      break;
    case 'endless':
      pourInto(response.writeHead(200, { 'content-type': contentType }));
      break;
    default:
      fault satisfies never;
  }
}

/** Until the client hangs up. */
function pourInto(response: ServerResponse): void {
  const pour = () => {
    while (!response.destroyed && response.write(drop));
  };
  response.on('drain', pour);
  pour();
}
