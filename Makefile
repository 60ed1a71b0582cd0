# Go alone is needed, but for test-services.
FUZZTIME ?= 30s
ROUNDS ?= 40
PEOPLE ?= 100000

.PHONY: help demo test build man release check cover mutants fuzz bench table crash workers screenshots test-services
.DEFAULT_GOAL := help

help: ## list these targets
	@sed -n 's/^\([a-z-]*\): .*## /\1\t/p' Makefile | expand -t 16

demo: ## the main job on the built-in list, and the leaks that are refused
	go run ./cmd/mailshot demo

test: ## all tests that need Go alone
	go test ./...

build: ## bin/mailshot
	CGO_ENABLED=0 go build -trimpath -o bin/mailshot ./cmd/mailshot

man: ## man/, the manual pages
	go run ./internal/release man man

release: ## dist/, archives and packages for six systems, of a commit
	go run ./internal/release dist

check: ## format, modules, vet, staticcheck
	@test -z "$$(gofmt -l .)" || { gofmt -l . ; exit 1; }
	go mod tidy -diff
	go vet ./... && go vet -tags services ./...
	go tool staticcheck -tags services ./...

cover: ## share of the statements that the tests run
	go test -coverpkg=./... -coverprofile=cover.out ./... && go tool cover -func=cover.out | tail -n 1

mutants: ## each rule put out of action: the corpus of leaks must notice
	go run ./internal/mutants

fuzz: ## every fuzz target for FUZZTIME (30s)
	@grep -roH --include='*_test.go' '^func Fuzz[A-Za-z0-9_]*' cmd internal | sed 's/:func / /' | \
	while read -r file target; do go test "./$$(dirname "$$file")" -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) || exit 1; done

bench: table ## every benchmark, and the table
	go test -run '^$$' -bench . -benchmem -timeout 60m $$(go list ./... | grep -v /bench$$)

table: ## mailshot and other clients, on loopback and 50 ms away, one worker and four: messages a second
	go test -run '^$$' -bench 'Table|Workers' -benchtime 1x -timeout 60m ./internal/bench

crash: ## kill the program at random moments, ROUNDS (40) times, with a real Postfix (as root)
	go test -tags services -count=1 -timeout 24h -v ./cmd/mailshot -run TestCrash -crash.rounds $(ROUNDS)

workers: ## PEOPLE (100000) sent to by four processes that share a PostgreSQL, two of which are killed (as root)
	go test -tags services -count=1 -timeout 24h -v ./cmd/mailshot -run 'TestMachines$$' -machines.people $(PEOPLE)

screenshots: ## screenshots/, what the preview looks like in Chromium (as root)
	go test -tags services -count 1 -run TestScreenshots ./internal/preview -args -screenshots $(CURDIR)/screenshots

test-services: ## tests against a real Postfix, Exim, PostgreSQL, Chromium, tmux and Python (as root; see .ci/run)
	go test -tags services -timeout 30m ./...
