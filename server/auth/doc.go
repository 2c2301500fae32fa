// Package auth tells who is calling. It turns a credential (an agent's cookie, a plugin's key, a shopper's token, a shop's signed
// identity, a signed link to a file) into a chat.Caller or a refusal, and makes and revokes those credentials.
//
// It decides nothing about what a caller may do: roles and scopes are checked by the doors, ownership by chat. Secrets are random,
// 256 bits, shown once and stored as their SHA-256; passwords are stored with argon2id. Nothing that proves a caller is cached, so
// a revocation holds from the next request on.
//
// Start reading at service.go.
package auth
