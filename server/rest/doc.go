// Package rest is door 1: the API over HTTP, for the inbox, plugins, the SDKs and the widget, and the files that were uploaded.
//
// Every request passes the same gates in the same order: host and path, credential, role or scope, origin, query, rate, body. What
// an operation asks of them stands in one table, operations.go, which a test compares with the contract. Only then the generated
// code calls one of the methods of api, which sit in files named after their noun and hand the work to chat.Service or auth.
//
// What cannot be answered is a problem (problem.go): application/problem+json with a stable code, and no more.
//
// Start reading at door.go.
package rest
