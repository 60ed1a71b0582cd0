package transport

import (
	"net"
	"sync/atomic"
	"syscall"
)

// quickConn acknowledges at once what the server sends, where more is to come. A
// server that writes its replies one by one otherwise waits for the
// acknowledgement of the first (RFC 896) that the kernel puts off (RFC 1122
// section 4.2.3.2): 40 ms a message. Where all has come, the next command is
// the acknowledgement, and one more packet would only cost time.
type quickConn struct {
	*net.TCPConn
	control syscall.RawConn
	due     atomic.Int64 // replies that are to come
	came    bool         // something since it was armed
}

func quick(conn net.Conn) net.Conn {
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return conn
	}
	control, err := tcp.SyscallConn()
	if err != nil {
		return conn
	}
	c := &quickConn{TCPConn: tcp, control: control}
	c.arm()
	return c
}

func (c *quickConn) expect(replies int) { c.due.Add(int64(replies)) }

// Read arms again each time: the kernel takes the setting back (tcp(7)).
func (c *quickConn) Read(p []byte) (int, error) {
	if c.came && c.due.Load() > 0 {
		c.arm()
	}
	n, err := c.TCPConn.Read(p)
	c.came = n > 0
	return n, err
}

// arm is worth a try: without it, it is slower and no less right.
func (c *quickConn) arm() {
	c.control.Control(func(fd uintptr) {
		syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_QUICKACK, 1)
	})
}
