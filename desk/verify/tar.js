// Which files a tar holds, and where: the part of POSIX ustar that a published log needs.

const TAR_BLOCK = 512;
const TAR_MEMBERS_MAX = 4000000;

function refuseTar(found) {
  return new Malformed("tar", found, "a tar of a published log: plain files and folders");
}

/** The regular files of a tar, each as a part of the blob; folders are passed over. */
async function listTar(blob) {
  const members = [];
  let at = 0;
  for (;;) {
    const header = await readPart(blob, at, TAR_BLOCK);
    if (header.length < TAR_BLOCK) throw refuseTar(`an end at byte ${at} without an end mark`);
    if (header.every((byte) => byte === 0)) return members;
    if (!isTarHeader(header)) throw refuseTar(`no header at byte ${at}; if it is compressed, unpack it first`);
    const [bytes, from] = [tarOctal(header, 124, 12), at + TAR_BLOCK];
    if (bytes === null) throw refuseTar(`a size that is none, at byte ${at}`);
    const next = from + Math.ceil(bytes / TAR_BLOCK) * TAR_BLOCK;
    if (next > blob.size) throw refuseTar(`a file at byte ${at} that goes on beyond the end`);
    const kind = String.fromCharCode(header[156]);
    if (kind === "0" || kind === "\0") members.push({ path: tarPath(header, at), blob: blob.slice(from, from + bytes) });
    else if (kind === "x" || kind === "g") await checkExtended(blob, from, bytes);
    else if (kind !== "5") throw refuseTar(`a member of the type "${kind}" at byte ${at}`);
    if (members.length > TAR_MEMBERS_MAX) throw refuseTar("too many files");
    at = next;
  }
}

async function readPart(blob, from, bytes) {
  return new Uint8Array(await blob.slice(from, from + bytes).arrayBuffer());
}

/** Whether a block is the header of a member: its checksum is right. */
function isTarHeader(header) {
  const sum = header.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 0x20 : byte), 0);
  return header.length === TAR_BLOCK && tarOctal(header, 148, 8) === sum;
}

function tarOctal(header, from, length) {
  const digits = decodeLatin1(header.subarray(from, from + length)).replace(/^[\0 ]+|[\0 ]+$/g, "");
  return /^[0-7]+$/.test(digits) ? parseInt(digits, 8) : null;
}

function tarPath(header, at) {
  const text = (from, length) => {
    const field = header.subarray(from, from + length);
    const end = field.indexOf(0);
    const name = decodeUtf8(end < 0 ? field : field.subarray(0, end));
    if (name === null) throw refuseTar(`a name that is not UTF-8 at byte ${at}`);
    return name;
  };
  const [name, prefix] = [text(0, 100), text(345, 155)];
  const isUstar = decodeLatin1(header.subarray(257, 263)) === "ustar\0";
  const path = isUstar && prefix !== "" ? `${prefix}/${name}` : name;
  return path.startsWith("./") ? path.slice(2) : path;
}

/** Extended headers may say when a file was written, and must not rename or resize it: two readers of one tar must
    see the same files. */
async function checkExtended(blob, from, bytes) {
  const limit = 64 * 1024;
  const text = decodeLatin1(await readPart(blob, from, Math.min(bytes, limit)));
  if (bytes > limit || [" path=", " size=", " linkpath=", " GNU.sparse"].some((key) => text.includes(key))) {
    throw refuseTar(`an extended header that renames or resizes a file, at byte ${from}`);
  }
}
