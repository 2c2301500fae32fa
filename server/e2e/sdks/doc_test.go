// Package sdks holds the three SDKs to the contract and to each other. Each has a small driver (in driver/) that does what it is told
// with its SDK; a scripted server answers, holds each request against openapi.yaml, and the same situation must come out the same way
// in Go, TypeScript and PHP. The READMEs are followed to the letter, outside the repository, against the real program.
//
// Start reading at situations_test.go.
package sdks_test
