module github.com/tagalong-chat/tagalong/server/e2e

go 1.26

replace (
	github.com/tagalong-chat/tagalong => ../..
	github.com/tagalong-chat/tagalong/plugins/example => ../../plugins/example
	github.com/tagalong-chat/tagalong/sdk/go => ../../sdk/go
)

require (
	github.com/coder/websocket v1.8.15 // indirect
	github.com/hanwen/go-fuse/v2 v2.12.1 // indirect
	golang.org/x/sys v0.28.0 // indirect
)
