// The file that `code --install-extension` takes: a ZIP archive with the extension in a folder of that name
// (APPNOTE.TXT 6.3), its entries stored as they are.

import { crc32 } from "node:zlib";

export interface Entry {
  /** With `/` between folders. */
  readonly name: string;
  readonly content: Buffer;
}

const utf8Names = 0x0800;
const version = 20;
/** 1 January 1980, 0:00. */
const date = 0x0021;

export function zip(entries: readonly Entry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content } of entries) {
    const path = Buffer.from(name);
    // Both headers have these in this order: version, flags, method, time, date, checksum, two sizes, two lengths.
    const common = Buffer.alloc(26);
    common.writeUInt16LE(version, 0);
    common.writeUInt16LE(utf8Names, 2);
    common.writeUInt16LE(date, 8);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(content.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(path.length, 22);
    const local = Buffer.concat([Buffer.from("PK\u0003\u0004"), common, path]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    const madeBy = Buffer.from([version, 0]);
    directory.push(Buffer.concat([Buffer.from("PK\u0001\u0002"), madeBy, common, place, path]));
    parts.push(local, content);
    offset += local.length + content.length;
  }
  const end = Buffer.alloc(22);
  end.write("PK\u0005\u0006");
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, ...directory, end]);
}
