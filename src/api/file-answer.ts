import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import { z } from 'zod';

/** An answer that is a file: all its bytes, or a text that is sent while it is written. */
export type FileAnswer = {
  readonly fileName: string;
  readonly content: Uint8Array | AsyncIterable<string>;
};

/** What a route may answer beside JSON. */
export type FileType = 'application/pdf' | 'text/csv';

const isFile = (value: unknown): value is FileAnswer =>
  typeof value === 'object' && value !== null && 'fileName' in value && 'content' in value;

/** A file in an answer; OpenAPI calls it a binary string. */
export const fileSchema = z
  .custom<FileAnswer>(isFile)
  .meta({ type: 'string', format: 'binary', description: 'The file' });

/** Sends a file to be saved. A text that fails on its way ends the connection, so that nobody takes it for whole. */
export async function sendFile(response: Response, type: FileType, file: unknown): Promise<void> {
  if (!isFile(file)) throw new Error(`a route of ${type} answered no file`);
  const { fileName, content } = file;
  response.setHeader('Content-Type', type === 'text/csv' ? `${type}; charset=utf-8` : type);
  response.setHeader('Content-Disposition', `attachment; filename="${fileName}"`);
  if (content instanceof Uint8Array) {
    response.end(content);
    return;
  }
  await pipeline(Readable.from(content), response);
}
