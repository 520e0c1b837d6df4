package import Compare
internal import Pages
internal import Record

/// A history of releases as a page that needs nothing else.
package struct ReleasesPage {
    private let table: ReleaseTable

    package init(_ table: ReleaseTable) { self.table = table }

    /// The page.
    package var html: String { page.text }

    private var page: HTML {
        """
        \(Pages.head(title: table.title))
        <body class="releases">
        <header>
        <h1>\(table.title)</h1>
        </header>
        <main>
        <p>\(table.summary).</p>
        <section aria-label="What changed">
        <h2>What changed</h2>
        \(table.turns.map(told))\
        </section>
        <section aria-label="Scenario by release">
        <h2>Scenario by release</h2>
        <p>\(ReleaseTable.legend)</p>
        <table>
        <thead><tr><th scope="col">Scenario</th>\(table.history.releases.map(heading))</tr></thead>
        <tbody>
        \(table.rows.map(row))\
        </tbody>
        </table>
        </section>
        </main>
        </body>
        </html>

        """
    }

    private func heading(of release: ReleaseHistory.Release) -> HTML {
        """
        <th scope="col" title="\(release.kernel.release)">\(release.name)</th>
        """
    }

    private func row(of row: ReleaseHistory.Row, _ cells: [ReleaseTable.Cell]) -> HTML {
        let signs = zip(cells, table.history.releases).map { cell, release -> HTML in
            """
            <td title="\(release.name): \(cell.rawValue)">\(cell.sign)</td>
            """
        }
        return """
            <tr><th scope="row" title="\(row.claim)">\(row.id)</th>\(signs)</tr>

            """
    }

    private func told(_ turn: ReleaseTable.Turn) -> HTML {
        """
        <h3 id="\(turn.after)">\(turn.before) → \(turn.after)</h3>
        <ul>
        \(turn.reasons.map { told($0, turn) })\
        </ul>

        """
    }

    private func told(_ reason: ReleaseTable.Reason, _ turn: ReleaseTable.Turn) -> HTML {
        let commits = (reason.explanation?.commits ?? []).map { commit -> HTML in
            """
            <a href="https://git.kernel.org/linus/\(commit)"><code>\(commit)</code></a> \

            """
        }
        let releases = [reason.explanation?.since, reason.explanation?.reverted].compactMap(\.self)
        let since = releases.isEmpty ? "" : "(\(releases.joined(separator: "; "))) "
        let gone: HTML? = reason.isGone ? "<b>Not in \(turn.after):</b> " : nil
        let scenarios = reason.scenarios.map { scenario -> HTML in
            """
            <li><code>\(reason.words(scenario))</code></li>
            """
        }
        return """
            <li>\(gone)\(commits)\(since)\(reason.explanation?.words ?? "Not yet explained")
            <ul>\(scenarios)</ul></li>

            """
    }
}
