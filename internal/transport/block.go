package transport

import (
	"net"
	"sync/atomic"
	"time"
)

const blockSize = 32 << 10

// blockWriter gives each block of what is written its own time (RFC 5321
// section 4.5.3.2.5), so that a server that stops reading is found out
// however long a message is. It counts octets, for others to read meanwhile.
type blockWriter struct {
	conn    net.Conn
	timeout time.Duration
	may     func() error // asked before each block; nil for what always may
	leaving atomic.Int64 // octets handed to the kernel, or about to be
	sent    atomic.Int64 // octets handed to the kernel
	last    atomic.Int64 // when that was, in nanoseconds since 1970
}

func (b *blockWriter) Write(p []byte) (int, error) {
	written := 0
	for written < len(p) {
		block := p[written:min(written+blockSize, len(p))]
		if b.may != nil {
			if err := b.may(); err != nil {
				return written, err
			}
		}
		now := time.Now()
		b.last.Store(now.UnixNano())
		b.conn.SetWriteDeadline(now.Add(b.timeout))
		b.leaving.Add(int64(len(block)))
		n, err := b.conn.Write(block)
		b.sent.Add(int64(n))
		written += n
		if err != nil {
			return written, err
		}
	}
	return written, nil
}
