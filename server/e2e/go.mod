module github.com/tagalong-chat/tagalong/server/e2e

go 1.26.0

replace (
	github.com/tagalong-chat/tagalong => ../..
	github.com/tagalong-chat/tagalong/plugins/example => ../../plugins/example
	github.com/tagalong-chat/tagalong/sdk/go => ../../sdk/go
)

require (
	github.com/coder/websocket v1.8.15
	github.com/hanwen/go-fuse/v2 v2.12.1
	github.com/tagalong-chat/tagalong v0.0.0-00010101000000-000000000000
)

require (
	github.com/apapsch/go-jsonmerge/v2 v2.0.0 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/oapi-codegen/nullable v1.1.0 // indirect
	github.com/oapi-codegen/runtime v1.8.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
)
