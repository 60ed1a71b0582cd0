package smtptest

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// login runs the dialogue of AUTH, of which only the last reply is scripted.
func (c *client) login(rest string) bool {
	mechanism, initial, _ := strings.Cut(rest, " ")
	if !c.secure {
		return c.say("538 5.7.11 not without TLS")
	}
	exchange := map[string]func(*client, string) (user string, ok bool){
		"PLAIN": (*client).plain, "LOGIN": (*client).loginPlain, "CRAM-MD5": (*client).cram,
		"SCRAM-SHA-256": (*client).scram, "XOAUTH2": (*client).xoauth2, "OAUTHBEARER": (*client).bearer,
	}[mechanism]
	if exchange == nil {
		return c.say("504 5.5.4 no such mechanism")
	}
	user, ok := exchange(c, decoded(initial))
	if !ok {
		return c.answer(Auth, "535 5.7.8 not so")
	}
	c.server.mu.Lock()
	c.server.users = append(c.server.users, user)
	c.server.mu.Unlock()
	return c.answer(Auth, "235 2.7.0 welcome")
}

func decoded(text string) string {
	b, _ := base64.StdEncoding.DecodeString(text)
	return string(b)
}

// challenge sends a challenge and gives the answer.
func (c *client) challenge(text string) string {
	c.say("334 " + base64.StdEncoding.EncodeToString([]byte(text)))
	line, err := c.in.ReadString('\n')
	if err != nil {
		return ""
	}
	return decoded(strings.TrimRight(line, "\r\n"))
}

func (c *client) knows(user, password string) bool {
	known, ok := c.server.script.Users[user]
	return ok && known == password
}

func (c *client) plain(initial string) (string, bool) {
	parts := strings.Split(initial, "\x00")
	if len(parts) != 3 {
		return "", false
	}
	return parts[1], c.knows(parts[1], parts[2])
}

func (c *client) loginPlain(string) (string, bool) {
	user := c.challenge("Username:")
	return user, c.knows(user, c.challenge("Password:"))
}

func (c *client) cram(string) (string, bool) {
	const challenge = "<1896.697170952@smtptest.example>"
	user, digest, _ := strings.Cut(c.challenge(challenge), " ")
	mac := hmac.New(md5.New, []byte(c.server.script.Users[user]))
	mac.Write([]byte(challenge))
	return user, hex.EncodeToString(mac.Sum(nil)) == digest
}

func (c *client) xoauth2(initial string) (string, bool) {
	fields := strings.Split(initial, "\x01")
	user := strings.TrimPrefix(fields[0], "user=")
	if len(fields) > 1 && c.knows(user, strings.TrimPrefix(fields[1], "auth=Bearer ")) {
		return user, true
	}
	c.challenge(`{"status":"400"}`)
	return user, false
}

// bearer is the server's side of RFC 7628.
func (c *client) bearer(initial string) (string, bool) {
	header, rest, _ := strings.Cut(initial, "\x01")
	user := strings.NewReplacer("=2C", ",", "=3D", "=").Replace(strings.TrimSuffix(strings.TrimPrefix(header, "n,a="), ","))
	for _, field := range strings.Split(rest, "\x01") {
		if token, ok := strings.CutPrefix(field, "auth=Bearer "); ok && c.knows(user, token) && strings.HasSuffix(rest, "\x01\x01") {
			return user, true
		}
	}
	c.challenge(`{"status":"invalid_token"}`)
	return user, false
}

// scram is the server's side of RFC 5802 with SHA-256.
func (c *client) scram(string) (string, bool) {
	const salt, rounds = "salt of the test", 4096
	bare := strings.TrimPrefix(c.challenge(""), "n,,")
	user, nonce, _ := strings.Cut(strings.TrimPrefix(bare, "n="), ",r=")
	nonce += "server"
	first := "r=" + nonce + ",s=" + base64.StdEncoding.EncodeToString([]byte(salt)) + ",i=4096"
	final := c.challenge(first)
	without, proof, _ := strings.Cut(final, ",p=")

	salted, err := pbkdf2.Key(sha256.New, c.server.script.Users[user], []byte(salt), rounds, sha256.Size)
	if err != nil {
		return user, false
	}
	about := bare + "," + first + "," + without
	client := sum(salted, "Client Key")
	stored := sha256.Sum256(client)
	signature := sum(stored[:], about)
	for i := range client {
		client[i] ^= signature[i]
	}
	if without != "c=biws,r="+nonce || base64.StdEncoding.EncodeToString(client) != proof {
		return user, false
	}
	server := sum(sum(salted, "Server Key"), about)
	c.challenge("v=" + base64.StdEncoding.EncodeToString(server))
	return user, true
}

func sum(key []byte, text string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}
