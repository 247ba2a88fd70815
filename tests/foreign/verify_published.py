#!/usr/bin/env python3
"""Verifies a whole published log, from the pages of spec/ alone: checkpoint, tiles, entries, chain, signatures.

Usage: verify_published.py FOLDER VKEY [WITNESS_VKEY ...], VKEY being the log's, got from elsewhere than the folder.
Prints what was checked, or ends with status 1 at what is wrong. It applies no rules: whether a key was entitled to
sign is not checked here.
"""
import base64
import hashlib
import json
import re
import sys
from pathlib import Path

from blake3 import blake3
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


# What may not stand in names and strings; in strings a line feed may.
NONE = "".join(chr(plane * 65536 + end) for plane in range(17) for end in (65534, 65535))
REFUSED = re.compile("[\0-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufdd0-\ufdef%s]" % NONE)


def need(holds, *why):
    if not holds:
        sys.exit("FAILED: " + " ".join(map(str, why)))


def unbase64(text):
    data = base64.b64decode(text, validate=True)
    need(base64.b64encode(data).decode() == text, "base64 in another form:", text)
    return data


def verify(key, signature, message, *what):
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        need(False, "a signature that does not hold:", *what)


def root(leaves):  # tree.md
    if len(leaves) < 2:
        return leaves[0]
    k = 1 << ((len(leaves) - 1).bit_length() - 1)
    return hashlib.sha256(b"\1" + root(leaves[:k]) + root(leaves[k:])).digest()


def parse_vkey(vkey):  # checkpoint.md
    name, key_id, key = vkey.split("+", 2)
    key = unbase64(key)
    need(hashlib.sha256(name.encode() + b"\n" + key).hexdigest()[:8] == key_id, "the id of", vkey)
    return name, bytes.fromhex(key_id), key[0], key[1:]


def is_signed_by(note, vkey, algorithm):  # checkpoint.md, witness.md
    name, key_id, by, key = parse_vkey(vkey)
    need(by == algorithm, "another algorithm is needed than that of", vkey)
    text, _, lines = note.rpartition("\n\n")
    found = False
    for dash, line_name, data in (line.split(" ") for line in lines.splitlines()):
        data = unbase64(data)
        need(dash == "\u2014" and len(data) > 4, "no signature line:", data)
        if (line_name, data[:4]) == (name, key_id):
            message, signature = (text + "\n").encode(), data[4:]
            if algorithm == 4:
                time, signature = int.from_bytes(signature[:8], "big"), signature[8:]
                message = b"cosignature/v1\ntime %d\n" % time + message
            verify(key, signature, message, vkey)
            found = True
    return found


def open_checkpoint(note, vkey):
    need(is_signed_by(note, vkey, 1), "not signed by", vkey)
    lines = note.rpartition("\n\n")[0].split("\n")
    need(len(lines) == 3 and lines[0] == parse_vkey(vkey)[0], "not three lines of that log:", lines)
    need(lines[1].isdecimal() and "0" != lines[1] == str(int(lines[1])), "size", lines[1])
    return lines[0], int(lines[1]), unbase64(lines[2])


def tiles(row, count):  # published-log.md
    for n in range((count + 255) // 256):
        width = min(256, count - 256 * n)
        path, rest = "%03d" % (n % 1000), n // 1000
        while rest:
            path, rest = "x%03d/%s" % (rest % 1000, path), rest // 1000
        yield "tile/%s/%s%s" % (row, path, "" if width == 256 else ".p/%d" % width), width


def read_entries(folder, size):
    for path, width in tiles("entries", size):
        bundle = (folder / path).read_bytes()
        for _ in range(width):
            length = int.from_bytes(bundle[:2], "big")
            need(len(bundle) >= 2 + length, path, "ends within an entry")
            yield bundle[2:2 + length]
            bundle = bundle[2 + length:]
        need(not bundle, path, "has more behind the last entry")


def check_tiles(folder, hashes):
    level = count = 0
    while hashes:
        for at, (path, width) in enumerate(tiles(level, len(hashes))):
            need((folder / path).read_bytes() == b"".join(hashes[256 * at:256 * at + width]), path, "differs")
            count += 1
        hashes = [root(hashes[at:at + 256]) for at in range(0, len(hashes) // 256 * 256, 256)]
        level += 1
    return count


def members(pairs):  # event.md
    names, values = [name for name, _ in pairs], [value for _, value in pairs]
    texts = sum((value if isinstance(value, list) else [value] for value in values), [])
    texts = [text.replace("\n", "") for text in texts if isinstance(text, str)]
    need(len(set(names)) == len(names), "a name twice among", names)
    need(not REFUSED.search("".join(names + texts)), "a character that may not stand in", names)
    return dict(pairs)


def check_chain(entries, origin):  # entry.md, event.md, chain.md
    hashes, streams, ids, last, signatures = [], {}, set(), "", 0
    for at, entry in enumerate(entries):
        header, _, event = entry.partition(b"\n\n")
        lines, event = header.decode().split("\n"), event[:-1]
        need(min(event) >= 32, at, "has a control character in its event")
        said = json.loads(event, object_pairs_hook=members)
        number = streams[said["subject"]] = streams.get(said["subject"], 0) + 1
        previous = hashes[-1] if hashes else "0" * 64
        must = ["minutebook.entry/v1", f"position {at}", f"previous {previous}", f"stream {said['subject']} {number}"]
        need(lines[:4] == must and entry[-1:] == b"\n", at, "begins", lines[:4], "and not", must)
        need(lines[4].startswith("recorded ") and lines[4] >= last, at, "goes back in time")
        keys = [line.split(" ")[2] for line in lines[5:]]
        need(keys and keys == sorted(set(keys)), at, "is unsigned, or by keys unsorted or twice")
        for word, algorithm, key, signature in (line.split(" ") for line in lines[5:]):
            need((word, algorithm) == ("signed", "ed25519"), at, "says", word, algorithm)
            pae = b"DSSEv1 40 application/vnd.minutebook.event.v1+json %d " % len(event) + event
            verify(bytes.fromhex(key), unbase64(signature), pae, "of", key, "in entry", at)
        need(said["source"] == origin and said["id"] not in ids, at, "has another source, or an id again")
        if at:
            seen, _, seen_hash = said["seen"].partition(":")
            need(said["ledger"] == hashes[0], at, "is for another ledger")
            need(int(seen) < at and hashes[int(seen)] == seen_hash, at, "saw another book")
        hashes.append(blake3(entry).hexdigest())
        ids.add(said["id"])
        last, signatures = lines[4], signatures + len(keys)
    return hashes[-1], signatures


def main(folder, vkey, *witnesses):
    folder = Path(folder)
    note = (folder / "checkpoint").read_bytes().decode()
    origin, size, claimed = open_checkpoint(note, vkey)
    witnessed = sum(is_signed_by(note, witness, 4) for witness in witnesses)
    entries = list(read_entries(folder, size))
    leaves = [hashlib.sha256(b"\0" + entry).digest() for entry in entries]
    need(root(leaves) == claimed, "the entries have another root than the checkpoint")
    count = check_tiles(folder, leaves)
    head, signatures = check_chain(entries, origin)
    print(f"{origin}: {size} entries, {signatures} signatures, {count} tiles, {witnessed} witnesses")
    print(f"root {base64.b64encode(claimed).decode()}\nhead {head}")


if __name__ == "__main__":
    main(*sys.argv[1:])
