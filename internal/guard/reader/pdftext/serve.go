package pdftext

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"os/signal"
	"time"
)

// patience is how long a file may take to be read, by the clock.
const patience = 20 * time.Second

// Serve is what the child does: it reads files from in, one after another, and
// writes what they hold to out, until in ends. It takes limits upon the whole
// process, so it must be all that the process does.
//
// A request is the most bytes that the answer may have, the file's length, both
// as 32 bits with the highest first, and the file. An answer is pieces, each a
// kind, a name and data, the latter two after their lengths, and at last the
// kind 0 with the reason why the file cannot be read, or "", as its name.
func Serve(in io.Reader, out io.Writer) error {
	signal.Ignore(os.Interrupt) // it is for the parent, who then closes in
	if err := confine(); err != nil {
		return err
	}
	r := bufio.NewReader(in)
	for {
		data, most, err := readRequest(r)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		pieces, reason, err := takeInTime(data, most)
		if err != nil {
			return err
		}
		if err := writeAnswer(out, pieces, reason); err != nil {
			return err
		}
	}
}

// takeInTime gives up after a while by itself: the parent may be gone.
func takeInTime(data []byte, most int) ([]Piece, Reason, error) {
	var pieces []Piece
	var err error
	done := make(chan struct{})
	go func() {
		defer close(done)
		pieces, err = take(data, most)
	}()
	late := time.NewTimer(2 * patience)
	defer late.Stop()
	select {
	case <-late.C:
		return nil, "", errors.New("a file took too long")
	case <-done:
	}
	reason, ok := err.(Reason)
	if err != nil && !ok {
		reason = damaged
	}
	return pieces, reason, nil
}

func readRequest(r io.Reader) (data []byte, most int, err error) {
	var head [8]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, 0, err
	}
	most = int(binary.BigEndian.Uint32(head[:]))
	data = make([]byte, binary.BigEndian.Uint32(head[4:]))
	_, err = io.ReadFull(r, data)
	return data, most, err
}

func writeRequest(w io.Writer, data []byte, most int) error {
	head := binary.BigEndian.AppendUint32(nil, uint32(most))
	head = binary.BigEndian.AppendUint32(head, uint32(len(data)))
	if _, err := w.Write(head); err != nil {
		return err
	}
	_, err := w.Write(data)
	return err
}

func writeAnswer(out io.Writer, pieces []Piece, reason Reason) error {
	w := bufio.NewWriter(out)
	for _, p := range append(pieces, Piece{Name: string(reason)}) {
		w.WriteByte(byte(p.Kind))
		for _, b := range [][]byte{[]byte(p.Name), p.Data} {
			w.Write(binary.BigEndian.AppendUint32(nil, uint32(len(b))))
			w.Write(b)
		}
	}
	return w.Flush()
}

// readAnswer reads an answer of most bytes in its pieces.
func readAnswer(r *bufio.Reader, most int) ([]Piece, error) {
	b := budget{left: most}
	var pieces []Piece
	for {
		p, err := readPiece(r, &b)
		if err != nil {
			return nil, err
		}
		switch {
		case p.Kind != 0:
			pieces = append(pieces, p)
		case p.Name != "":
			return nil, Reason(p.Name)
		default:
			return pieces, nil
		}
	}
}

func readPiece(r *bufio.Reader, b *budget) (Piece, error) {
	kind, err := r.ReadByte()
	if err != nil {
		return Piece{}, err
	}
	name, err := readField(r, b)
	if err != nil {
		return Piece{}, err
	}
	data, err := readField(r, b)
	return Piece{Kind(kind), string(name), data}, err
}

var errAnswer = errors.New("the answer is larger than it may be")

func readField(r io.Reader, b *budget) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(head[:])
	if int64(n) > int64(b.left) {
		return nil, errAnswer
	}
	b.left -= int(n)
	data := make([]byte, n)
	_, err := io.ReadFull(r, data)
	return data, err
}
