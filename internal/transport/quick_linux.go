package transport

import (
	"net"
	"syscall"
)

// quickConn acknowledges at once what the server sends. A server that writes its
// replies one by one otherwise waits for the acknowledgement of the first (RFC
// 896) that the kernel puts off (RFC 1122 section 4.2.3.2): 40 ms a message.
type quickConn struct {
	*net.TCPConn
	control syscall.RawConn
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
	c := &quickConn{tcp, control}
	c.arm()
	return c
}

// Read arms again each time: the kernel takes the setting back (tcp(7)).
func (c *quickConn) Read(p []byte) (int, error) {
	n, err := c.TCPConn.Read(p)
	c.arm()
	return n, err
}

// arm is worth a try: without it, it is slower and no less right.
func (c *quickConn) arm() {
	c.control.Control(func(fd uintptr) {
		syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_QUICKACK, 1)
	})
}
