// Checks a Gatewright log with other people's implementations, and makes proofs for Gatewright to
// check. It reads one JSON document from standard input and writes one to standard output.
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
	"strings"

	flog "github.com/transparency-dev/formats/log"
	fnote "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type inclusion struct {
	Index, Size uint64
	Leaf, Root  []byte
	Proof       [][]byte
}

type consistency struct {
	Earlier, Size     uint64
	EarlierRoot, Root []byte
	Proof             [][]byte
}

type request struct {
	Folder, Origin, LogKey, WitnessKey string
	Size                               uint64
	Inclusions                         []inclusion
	Consistencies                      []consistency
}

type response struct {
	Checked       int
	Inclusions    []inclusion
	Consistencies []consistency
	Note          string
}

func must[T any](value T, err error) T {
	check(err)
	return value
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func hashes(raw [][]byte) []tlog.Hash {
	out := make([]tlog.Hash, len(raw))
	for i, h := range raw {
		copy(out[i][:], h)
	}
	return out
}

func hash(raw []byte) tlog.Hash {
	return hashes([][]byte{raw})[0]
}

func bytes(hashes []tlog.Hash) [][]byte {
	out := make([][]byte, len(hashes))
	for i := range hashes {
		out[i] = hashes[i][:]
	}
	return out
}

// entries reads the log's entry bundles.
func entries(folder string, size uint64) [][]byte {
	var out [][]byte
	for _, tile := range tlog.NewTiles(8, 0, int64(size)) {
		if tile.L != 0 {
			continue
		}
		path := strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)
		bundle := must(os.ReadFile(filepath.Join(folder, path)))
		for len(bundle) > 0 {
			length := int(binary.BigEndian.Uint16(bundle))
			out = append(out, bundle[2:2+length])
			bundle = bundle[2+length:]
		}
	}
	if uint64(len(out)) != size {
		check(fmt.Errorf("%d entries, expected %d", len(out), size))
	}
	return out
}

func main() {
	var in request
	check(json.NewDecoder(os.Stdin).Decode(&in))
	var out response

	// The whole tree, from the entries, by Go's own means.
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var found []tlog.Hash
		for _, i := range indexes {
			found = append(found, stored[i])
		}
		return found, nil
	})
	all := entries(in.Folder, in.Size)
	for i, entry := range all {
		stored = append(stored, must(tlog.StoredHashes(int64(i), entry, reader))...)
	}
	for _, tile := range tlog.NewTiles(8, 0, int64(in.Size)) {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		ours := must(os.ReadFile(filepath.Join(in.Folder, path)))
		if string(ours) != string(must(tlog.ReadTileData(tile, reader))) {
			check(fmt.Errorf("%s differs", path))
		}
		out.Checked++
	}

	// The checkpoint, signed by log and witness.
	logKey := must(note.NewVerifier(in.LogKey))
	witnessKey := must(fnote.NewVerifierForCosignatureV1(in.WitnessKey))
	text := must(os.ReadFile(filepath.Join(in.Folder, "checkpoint")))
	checkpoint, _, opened, err := flog.ParseCheckpoint(text, in.Origin, logKey, witnessKey)
	check(err)
	if len(opened.Sigs) != 2 || len(opened.UnverifiedSigs) != 0 {
		check(fmt.Errorf("%d verified signatures, expected 2", len(opened.Sigs)))
	}
	if hash(checkpoint.Hash) != must(tlog.TreeHash(int64(in.Size), reader)) || checkpoint.Size != in.Size {
		check(fmt.Errorf("the checkpoint differs"))
	}

	// Gatewright's proofs, by two implementations.
	for _, p := range in.Inclusions {
		check(tlog.CheckRecord(hashes(p.Proof), int64(p.Size), hash(p.Root), int64(p.Index), hash(p.Leaf)))
		check(proof.VerifyInclusion(rfc6962.DefaultHasher, p.Index, p.Size, p.Leaf, p.Proof, p.Root))
		out.Checked++
	}
	for _, p := range in.Consistencies {
		check(tlog.CheckTree(hashes(p.Proof), int64(p.Size), hash(p.Root), int64(p.Earlier), hash(p.EarlierRoot)))
		check(proof.VerifyConsistency(rfc6962.DefaultHasher, p.Earlier, p.Size, p.Proof, p.EarlierRoot, p.Root))
		out.Checked++
	}

	// Go's proofs.
	size := int64(in.Size)
	root := must(tlog.TreeHash(size, reader))
	for i := int64(0); i < size; i += 7 {
		leaf := tlog.RecordHash(all[i])
		p := bytes(must(tlog.ProveRecord(size, i, reader)))
		out.Inclusions = append(out.Inclusions, inclusion{uint64(i), in.Size, leaf[:], root[:], p})
		earlier := must(tlog.TreeHash(i+1, reader))
		p = bytes(must(tlog.ProveTree(size, i+1, reader)))
		out.Consistencies = append(out.Consistencies, consistency{uint64(i + 1), in.Size, earlier[:], root[:], p})
	}

	// Go's notes, with keys that anybody can make again.
	logSigner := must(note.NewSigner(secretKey("go.example/log", 11, 1)))
	witnessSecret := secretKey("go.example/witness", 12, 1)
	witnessSigner := must(fnote.NewSignerForCosignatureV1(witnessSecret))
	body := flog.Checkpoint{Origin: "go.example/log", Size: in.Size, Hash: root[:]}.Marshal()
	signed := must(note.Sign(&note.Note{Text: string(body)}, logSigner, witnessSigner))
	out.Note = string(signed)
	check(json.NewEncoder(os.Stdout).Encode(out))
}

// secretKey encodes the signing key of a seed whose bytes are all the same, which Gatewright's
// side of the test makes too.
func secretKey(name string, fill, kind byte) string {
	seed := make([]byte, 32)
	for i := range seed {
		seed[i] = fill
	}
	public := ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
	sum := sha256.Sum256(append([]byte(name+"\n"+string([]byte{kind})), public...))
	key := base64.StdEncoding.EncodeToString(append([]byte{kind}, seed...))
	return fmt.Sprintf("PRIVATE+KEY+%s+%08x+%s", name, binary.BigEndian.Uint32(sum[:4]), key)
}
