// Package api is the contract in Go, generated but for this file: every operation and every schema.
package api

import "log/slog"

// What an answer carries once and never again must not end in a log: these print their ids alone. JSON has all of it.

// String names the webhook by its id: its secret and its address are nobody's business.
func (w Webhook) String() string { return "webhook " + w.ID }

// GoString is String: %#v shows no secret either.
func (w Webhook) GoString() string { return w.String() }

// LogValue is String, for slog.
func (w Webhook) LogValue() slog.Value { return slog.StringValue(w.String()) }
