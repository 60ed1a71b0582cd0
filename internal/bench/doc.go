// Package bench compares mailshot with other clients: its delivery pass, with
// guard and ledger, net/smtp, wneessen/go-mail, the Pool of jordan-wright/email
// and Postfix's smtp-source, into servers of this repository and of Postfix, on
// loopback and through a link of 50 ms; and one worker with four that share a
// ledger. `make table` prints what came of it.
// All of it is in tests; nothing imports it.
package bench
