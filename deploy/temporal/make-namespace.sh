#!/bin/sh
# The namespace and the search attributes that the workflows set. Safe to run again.
set -eu

temporal operator namespace describe --namespace "$NAMESPACE" >/dev/null 2>&1 ||
  temporal operator namespace create --namespace "$NAMESPACE" --retention 720h

temporal operator search-attribute create --namespace "$NAMESPACE" \
  --name TollgateProduct --type Keyword \
  --name TollgatePlan --type Keyword \
  --name TollgateStatus --type Keyword \
  --name TollgateNextDeadline --type Datetime \
  --name TollgateNextDeadlineKind --type Keyword
