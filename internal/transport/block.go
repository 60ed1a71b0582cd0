package transport

import (
	"net"
	"time"
)

const blockSize = 32 << 10

// blockWriter gives each block of what is written its own time (RFC 5321
// section 4.5.3.2.5), so that a server that stops reading is found out
// however long a message is.
type blockWriter struct {
	conn    net.Conn
	timeout time.Duration
}

func (b *blockWriter) Write(p []byte) (int, error) {
	written := 0
	for written < len(p) {
		b.conn.SetWriteDeadline(time.Now().Add(b.timeout))
		n, err := b.conn.Write(p[written:min(written+blockSize, len(p))])
		written += n
		if err != nil {
			return written, err
		}
	}
	return written, nil
}
