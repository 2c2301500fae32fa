// Package store keeps what the app must not forget: who has installed it, with which tokens, to which Tagalong shop each is
// connected, and the webhooks that are still to be worked off.
//
// It is one SQLite file. What is secret or personal is sealed with a key that is not in it ([Sealer]); webhooks are kept seven
// days at most. Every query names its shop, but those of the queue. Start at store.go.
package store
