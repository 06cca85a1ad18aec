/** Files as importers receive them: text in pieces, unpacked where they are gzip. */

import { createReadStream, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline, type Readable, Transform } from "node:stream";
import { createGunzip } from "node:zlib";
import { InputError } from "../check.ts";
import type { TraceFile } from "../trace/trace-format.ts";
import { reasonOf } from "./files.ts";

const GZIP = [0x1f, 0x8b];
const PIECE_BYTES = 1 << 18;

// The sparsest of the known traces unpack to 25 times their size; what is made to fill a memory, to 1000.
const UNPACKED_RATIO_MAX = 200;
const UNPACKED_FREE_BYTES = 1 << 24;

/** A file by its path; it is opened when it is read. */
export function traceFileAt(path: string): TraceFile {
  return { name: path, chunks: () => piecesOf(path) };
}

async function* piecesOf(path: string): AsyncGenerator<string> {
  try {
    for await (const piece of await streamOf(path)) yield piece as string;
  } catch (error) {
    if (error instanceof InputError) throw error;
    const { code } = error as { code?: string };
    const reason = code?.startsWith("Z_") ? `broken gzip: ${code}` : reasonOf(error);
    throw new InputError("file", `cannot read: ${reason}`, path);
  }
}

// By its first bytes, not by its name.
async function streamOf(path: string): Promise<Readable> {
  const packed = await isGzip(path);
  const file = createReadStream(path, { highWaterMark: PIECE_BYTES });
  if (!packed) return file.setEncoding("utf8");
  const unzip = createGunzip({ chunkSize: PIECE_BYTES });
  let bytes = 0;
  const { size } = statSync(path);
  const most = Math.max(UNPACKED_FREE_BYTES, UNPACKED_RATIO_MAX * size);
  const counted = new Transform({
    transform(piece: Buffer, _encoding, done) {
      bytes += piece.length;
      const bomb = new InputError(
        "file",
        `unpacks to more than ${UNPACKED_RATIO_MAX} times its size`,
        path,
      );
      done(bytes > most ? bomb : null, piece);
    },
  });
  // What goes wrong while unpacking is seen by who reads the result.
  return pipeline(file, unzip, counted, () => {}).setEncoding("utf8");
}

async function isGzip(path: string): Promise<boolean> {
  const handle = await open(path);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(GZIP.length), 0, GZIP.length, 0);
    return bytesRead === GZIP.length && GZIP.every((byte, i) => buffer[i] === byte);
  } finally {
    await handle.close();
  }
}
