module github.com/tagalong-chat/tagalong/plugins/recipes/go

go 1.25.0

replace github.com/tagalong-chat/tagalong/sdk/go => ../../../sdk/go

require github.com/tagalong-chat/tagalong/sdk/go v0.0.0

require (
	github.com/apapsch/go-jsonmerge/v2 v2.0.0 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/oapi-codegen/nullable v1.1.0 // indirect
	github.com/oapi-codegen/runtime v1.8.0 // indirect
)
