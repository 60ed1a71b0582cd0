package transport

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"syscall"

	"mailshot/internal/ledger"
	"mailshot/internal/rule"
)

// Causes that are the same for every library below.
var (
	errTimeout = errors.New("the server did not answer in time")
	errClosed  = errors.New("the server closed the connection")
	errBroken  = errors.New("the connection broke")
)

// broken gives the error of a connection that failed at step; a refusal of the
// wire gate stays what it is.
func (s *session) broken(step string, err error) error {
	var refusal rule.Refusal
	if errors.As(err, &refusal) {
		return refusal
	}
	if isOwn(err) {
		return err
	}
	if isAlert(err) {
		return tlsError("the server ended it with an alert", alertHint)
	}
	hint := "run the same command again to go on"
	if step == "greeting" {
		hint = "check the host and the port of --smtp; where the server has TLS from the start (port 465), write smtps://"
	}
	return &Error{Step: step, Err: plainCause(err), Hint: hint}
}

// isOwn says that err is this program's own reason to send no more: that of the
// wire gate, or of While.
func isOwn(err error) bool {
	_, refused := errors.AsType[rule.Refusal](err)
	_, held := errors.AsType[*ledger.Error](err)
	return refused || held
}

// plainCause puts fixed words in place of an error's own, which may quote what
// was read.
func plainCause(err error) error {
	var timeout net.Error
	var number syscall.Errno
	switch {
	case errors.Is(err, errOutOfStep), errors.Is(err, errTimeout), errors.Is(err, errClosed):
		return err
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errClosed
	case errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return errTimeout
	case errors.As(err, &number):
		return number
	case errors.Is(err, fs.ErrPermission):
		return fs.ErrPermission
	}
	return errBroken
}

// refusedReply is the error for a reply that is not the one hoped for.
func refusedReply(step string, r reply, hint string) *Error {
	e := &Error{Step: step, Code: r.code, Enhanced: r.enhanced, Permanent: r.code/100 == 5, Hint: hint}
	switch {
	case r.code/100 < 4:
		e.Err = errOutOfStep
	case r.code == 421:
		e.Err = errors.New("the server ends the connection")
	}
	return e
}

func setupError(step string, r reply) *Error {
	hint := "ask whoever runs the server, or try again later"
	switch {
	case step == "AUTH" && r.code/100 == 5:
		hint = "check the user and the password (MAILSHOT_SMTP_PASSWORD or --smtp-password-file)"
	case step == "greeting" && r.code == 554:
		hint = "the server takes no mail from this machine: check the host and the port of --smtp"
	}
	return refusedReply(step, r, hint)
}

// handshakeError says what is wrong with a server's TLS.
func handshakeError(err error) error {
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	var unverified *tls.CertificateVerificationError
	switch {
	case errors.As(err, &unknown):
		return tlsError("the certificate is signed by an unknown authority",
			"if the authority is your own, add ?tls-ca=FILE with its certificate to --smtp")
	case errors.As(err, &name):
		return tlsError("the certificate is for another name",
			"use the name that the certificate has as the host of --smtp")
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return tlsError("the certificate has expired or is not valid yet",
			"renew the server's certificate, or set this machine's clock")
	case errors.As(err, &unverified):
		return tlsError("the certificate does not stand up to verification",
			"ask whoever runs the server for one that does")
	case errors.As(err, &record):
		return tlsError("the server does not speak TLS here", "use smtp:// where the server has STARTTLS (port 587)")
	case isAlert(err):
		return tlsError("the server refused the handshake", alertHint)
	}
	if cause := plainCause(err); cause != errBroken {
		return &Error{Step: "TLS", Err: cause, Hint: "check the host and the port of --smtp"}
	}
	return tlsError("the handshake failed", "TLS 1.2 or later is needed: ask whoever runs the server")
}

const alertHint = "TLS 1.2 or later is needed, and where the server wants a certificate of yours, ?tls-cert=FILE&tls-key=FILE: ask whoever runs it"

// isAlert says that the other side has ended TLS with an alert; under TLS 1.3
// that may come after the handshake.
func isAlert(err error) bool {
	var alert *net.OpError
	return errors.As(err, &alert) && alert.Op == "remote error" // QUIRK: crypto/tls has no type for it
}

func tlsError(what, hint string) *Error {
	return &Error{Step: "TLS", Permanent: true, Err: errors.New(what), Hint: hint}
}
