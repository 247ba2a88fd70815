// Opens a published log with Go's own sumdb/note and sumdb/tlog: the checkpoint with its log's key and its
// witnesses' keys, the root from the tiles, the entries against the leaves, and proofs.
//
// Usage: main PUBLISHED VKEYS PROOFS
//
// VKEYS is a file of verifier keys, one a line, the log's first. PROOFS is JSON as in
// spec/vectors/tree.json: roots by size, inclusion and consistency proofs. Needs nothing but Debian's
// golang-go and golang-golang-x-mod-dev.
package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// cosigner verifies cosignature/v1 (algorithm 4), which sumdb/note leaves to others.
type cosigner struct {
	name string
	key  []byte
}

func (c cosigner) Name() string { return c.name }

func (c cosigner) KeyHash() uint32 {
	sum := sha256.Sum256([]byte(c.name + "\n\x04" + string(c.key)))
	return binary.BigEndian.Uint32(sum[:])
}

func (c cosigner) Verify(text, signature []byte) bool {
	if len(signature) != 72 {
		return false
	}
	time := binary.BigEndian.Uint64(signature)
	message := fmt.Sprintf("cosignature/v1\ntime %d\n%s", time, text)
	return ed25519.Verify(c.key, []byte(message), signature[8:])
}

func verifier(vkey string) note.Verifier {
	parts := strings.SplitN(vkey, "+", 3)
	key, err := base64.StdEncoding.DecodeString(parts[2])
	check(err)
	if key[0] == 4 {
		return cosigner{parts[0], key[1:]}
	}
	v, err := note.NewVerifier(vkey)
	check(err)
	return v
}

// folder reads tiles of height 8 where C2SP tlog-tiles puts them: without the height in the path.
type folder string

func (f folder) Height() int { return 8 }

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var data [][]byte
	for _, tile := range tiles {
		data = append(data, f.read(strings.Replace(tile.Path(), "tile/8/", "tile/", 1)))
	}
	return data, nil
}

func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}

func (f folder) read(path string) []byte {
	data, err := os.ReadFile(filepath.Join(string(f), filepath.FromSlash(path)))
	check(err)
	return data
}

// entries reads the bundles of a log of this size.
func (f folder) entries(size int64) [][]byte {
	var entries [][]byte
	for n := int64(0); n*256 < size; n++ {
		width := size - n*256
		if width > 256 {
			width = 256
		}
		tile := tlog.Tile{H: 8, L: -1, N: n, W: int(width)}
		bundle := f.read(strings.Replace(tile.Path(), "tile/8/data/", "tile/entries/", 1))
		for i := int64(0); i < width; i++ {
			length := int(binary.BigEndian.Uint16(bundle))
			entries = append(entries, bundle[2:2+length])
			bundle = bundle[2+length:]
		}
		if len(bundle) != 0 {
			fail("bytes after the last entry")
		}
	}
	return entries
}

// open verifies the checkpoint by every key given, and returns what it says.
func (f folder) open(vkeys []string) tlog.Tree {
	var verifiers []note.Verifier
	for _, vkey := range vkeys {
		verifiers = append(verifiers, verifier(vkey))
	}
	opened, err := note.Open(f.read("checkpoint"), note.VerifierList(verifiers...))
	check(err)
	if len(opened.Sigs) != len(vkeys) {
		fail("signed by fewer keys than were given")
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifiers[0].Name() {
		fail("another origin, or extension lines")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	root, err := tlog.ParseHash(lines[2])
	check(err)
	return tlog.Tree{N: size, Hash: root}
}

type proofs struct {
	Roots     []tlog.Hash
	Inclusion []struct {
		Position, Size int64
		Proof          tlog.RecordProof
	}
	Consistency []struct {
		Old, New int64
		Proof    tlog.TreeProof
	}
}

func main() {
	published := folder(os.Args[1])
	vkeys, err := os.ReadFile(os.Args[2])
	check(err)
	tree := published.open(strings.Fields(string(vkeys)))
	fmt.Println("checkpoint", tree.N, tree.Hash)

	reader := tlog.TileHashReader(tree, published)
	root, err := tlog.TreeHash(tree.N, reader)
	check(err)
	fmt.Println("root from tiles", root)

	entries := published.entries(tree.N)
	for n, entry := range entries {
		leaf, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, int64(n))})
		check(err)
		if leaf[0] != tlog.RecordHash(entry) {
			fail("entry ", n, " is not the leaf")
		}
	}
	fmt.Println("entries", len(entries))

	data, err := os.ReadFile(os.Args[3])
	check(err)
	var given proofs
	check(json.Unmarshal(data, &given))
	for _, p := range given.Inclusion {
		leaf := tlog.RecordHash(entries[p.Position])
		check(tlog.CheckRecord(p.Proof, p.Size, given.Roots[p.Size], p.Position, leaf))
	}
	for _, p := range given.Consistency {
		check(tlog.CheckTree(p.Proof, p.New, given.Roots[p.New], p.Old, given.Roots[p.Old]))
	}
	if given.Roots[tree.N] != tree.Hash {
		fail("another root than the checkpoint's")
	}
	fmt.Println("proofs", len(given.Inclusion), len(given.Consistency))
}

func check(err error) {
	if err != nil {
		fail(err)
	}
}

func fail(why ...any) {
	fmt.Fprintln(os.Stderr, append([]any{"FAILED:"}, why...)...)
	os.Exit(1)
}
