import Acts
import Documents
import Invariants
import Lab
import Record
import Scenarios
import Testing

/// Ties the catalogue of behaviours, the five documents and the scenarios to each other.
@Suite struct CatalogueTests {
    @Test func everyCatalogueIdHasItsScenario() {
        #expect(Catalogue.documented.count == 105 && Catalogue.beyond.count == 41)
        let ids = Set(allScenarios.map(\.id))
        let missing = (Catalogue.documented + Catalogue.beyond).filter { !ids.contains($0) }
        #expect(missing.isEmpty)
        #expect(ids.count == allScenarios.count)
    }

    @Test func everySectionOfAnArticleHasAScenario() {
        let cited = allScenarios.flatMap(\.citations)
        for document in Document.articles {
            for row in document.rows {
                #expect(
                    cited.contains { $0.source == document.name && $0.section == row.id && $0.standing != nil },
                    "no scenario is about \(document.name), \(row.id)")
            }
        }
    }

    /// Rows are found by their ids, and what is said of them is a sentence.
    @Test func documentsAreWhole() {
        #expect(Document.rfc9293.rows.count == 119)
        #expect(Set(Document.all.map(\.name)).count == Document.all.count)
        for document in Document.all {
            #expect(Set(document.rows.map(\.id)).count == document.rows.count, "\(document.name) has a row twice")
            #expect((document.language != "en") == (document.gloss != nil), "\(document.name)")
            for row in document.rows where !Document.articles.contains(where: { $0.name == document.name }) {
                #expect(row.text.last == ".", "\(document.name) \(row.id)")
            }
        }
    }

    @Test(arguments: allScenarios.map(\.id)) func citesRowsThatExist(id: String) throws {
        let scenario = try #require(allScenarios.first { $0.id == id })
        for citation in scenario.citations {
            let row = citation.section.flatMap { Document.row($0, of: citation.source) }
            let isKnown = Document.all.contains { $0.name == citation.source }
            // A section of a known document may be pointed to, but what has a standing is a row.
            if citation.standing != nil || citation.isArticle {
                #expect(row != nil, "\(citation.source) has no row \(citation.section ?? "")")
            }
            if citation.isArticle || (isKnown && row != nil && !citation.source.hasPrefix("RFC")) {
                #expect(citation.standing != nil, "\(citation)")
            }
            // A row that nothing can show is shown by nothing.
            #expect(row?.omission == nil, "\(citation) is left out: \(row?.omission?.words ?? "")")
            if [.differs, .refuted].contains(citation.standing) {
                #expect(citation.text != nil, "\(citation): what it says is missing")
            }
        }
        let rows = scenario.citations.filter { $0.standing != nil }.map {
            [$0.source, $0.section ?? "", $0.part ?? ""]
        }
        #expect(Set(rows).count == rows.count, "a row is cited twice")
        // What an article says is tested under an id that the catalogue has for it.
        #expect(!Catalogue.documented.contains(id) || scenario.citations.contains(where: \.isArticle))
    }

    /// Where an invariant comes from a row, the matrix of documents has it.
    @Test func invariantsComeFromRowsThatExist() {
        for source in Invariant.all.flatMap(\.sources) {
            let label = source.split(separator: " ").last.map(String.init) ?? ""
            guard label.contains("-"), source.hasPrefix("RFC 9293") else { continue }
            #expect(Document.row(label, of: "RFC 9293") != nil, "\(source)")
        }
    }
}

/// The ids of the catalogue: what the documents claim, and what they leave out.
enum Catalogue {
    static let documented = words(
        """
        open.closed-initial open.listen-creates-queues open.three-way open.syn-sent-visible
        open.client-established-on-synack open.syn-recv-visible open.accept-queue-without-accept
        open.data-before-accept open.data-completes-handshake open.accepted-socket-addresses open.immediately-usable
        open.syn-retransmit-schedule open.syn-timeout open.synack-lost open.synack-retransmit-schedule open.refused
        open.simultaneous open.simultaneous-segment-count open.simultaneous-one-connection
        open.simultaneous-needs-known-ports open.simultaneous-needs-crossing open.simultaneous-state-omission
        open.self-connect open.self-connect-one-socket open.self-connect-echo
        close.ordinary-path close.four-segments close.three-segments close.fin-ack-prompt close.fin-wait1-visible
        close.finack-in-fin-wait1 close.fin-wait2-persists-with-fd close.fin-wait2-orphan-timeout
        close.fin-wait2-mass close.fin-wait2-late-fin-rst close.fin-wait2-in-time close.close-wait-waits
        close.last-ack-visible close.last-ack-retransmit close.last-ack-rst-without-time-wait
        close.last-ack-gives-up close.eof-after-data close.simultaneous close.simultaneous-segment-count
        close.rst-on-late-data close.rst-on-crossing-data close.rst-then-read close.rst-then-write-sigpipe
        close.refcount-fork close.fd-invalid close.flushes-sendq close.zero-window close.returns-immediately
        close.sendq-lost-on-peer-crash close.sendq-lost-on-local-crash close.app-ack-pattern close.exit-sends-fin
        close.orphan-visible close.linger-zero-rst
        shutdown.wr-half-close shutdown.wr-ignores-refcount shutdown.wr-write-error shutdown.wr-flush
        shutdown.rd-buffered-data shutdown.rd-new-data shutdown.rd-eof shutdown.rdwr shutdown.always-fin
        shutdown.return-values shutdown.needs-close
        peek.actively-closed peek.peer-closed peek.healthy peek.not-consumed peek.data-hides-fin
        timewait.sixty-seconds timewait.timer-visible timewait.active-closer-only timewait.bind-in-use
        timewait.fin-wait2-bind-in-use timewait.reuseaddr timewait.client-ephemeral timewait.new-syn-higher
        timewait.new-syn-lower timewait.reconnect-blocked timewait.old-duplicate
        timewait.old-duplicate-new-connection
        keepalive.off-by-default keepalive.defaults-and-options keepalive.timer-visible keepalive.probe-form
        keepalive.idle-reset keepalive.probe-unreliable keepalive.pure-ack-unreliable keepalive.dead-peer
        keepalive.rebooted-peer keepalive.unreachable-network keepalive.nat-refresh keepalive.app-not-checked
        keepalive.go-profile
        halfopen.silent halfopen.accumulate-and-reap halfopen.write-to-rebooted halfopen.write-to-silent
        halfopen.half-closed-peer-gone
        """)

    static let beyond = words(
        """
        open.v6-twins open.dual-stack-mapped open.simultaneous-synack-lost open.simultaneous-rst-in-syn-recv
        open.simultaneous-close-in-syn-recv open.self-connect-accidental open.nonblocking-errors
        open.icmp-unreachable open.accept-queue-overflow open.syn-queue-full open.defer-accept
        open.rst-before-accept open.listener-close-kills-queue open.syn-recv-rst open.reconnect-into-half-open
        close.unread-data-rst close.buffered-data-survives-rst close.simultaneous-with-data-aborts
        close.fin-timeout-above-60 close.linger2 close.linger-timeout-blocks close.linger-exit-does-not-block
        close.orphan-gives-up close.orphan-limit close.connect-unspec
        shutdown.listener shutdown.wakes-blocked-calls
        timewait.rst-assassination timewait.self-assassination timewait.bucket-limit
        est.challenge-ack est.sock-destroy est.user-timeout est.icmp-soft-error
        keepalive.period keepalive.not-while-in-flight keepalive.half-closed
        poll.table
        errors.sigpipe-matrix
        proto.mptcp-excluded
        sysctl.defaults
        """)

    private static func words(_ text: String) -> [String] {
        text.split(whereSeparator: \.isWhitespace).map(String.init)
    }
}
