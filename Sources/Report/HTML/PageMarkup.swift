internal import Pages

extension Page {
    private var isOfSeveral: Bool { runs.count > 1 }

    private static let scripts = [
        PackageResources.layout_js, PackageResources.ladder_js, PackageResources.segment_js, PackageResources.table_js,
        PackageResources.page_js,
    ].map { String(decoding: $0, as: UTF8.self) }.joined()

    /// The whole page.
    var html: HTML {
        """
        \(Pages.head(title: title))
        <body>
        <header>
        <h1><a href="#">tcpwitness</a></h1>
        <ul class="runs">
        \(runs.map(\.html))\
        \(isOfSeveral ? commonSetting : nil)
        </ul>
        \(Pages.tools)
        </header>
        <main>
        <noscript><p class="caution">The diagrams need JavaScript. The table below does not.</p></noscript>
        <p id="unknown" role="alert" hidden></p>
        <section id="list" aria-label="Scenarios">
        \(news.map { $0.html(isOnly: news.count == 1) })\
        \(filter)\
        \(table)\
        <p id="none" hidden>No scenario matches. <button type="button" id="clear">Show all</button></p>
        \(groups.isEmpty ? "<p id=\"empty\">The record has no scenarios.</p>" : nil)
        </section>
        <section id="detail" aria-label="Scenario" tabindex="-1" hidden></section>
        </main>
        <footer>\(tool) · <kbd>?</kbd> shows all keys</footer>
        <script type="application/json" id="runs">\(verbatim: runsData)</script>
        \(groups.flatMap(\.rows).map(\.script))\
        <script>
        "use strict";
        \(verbatim: Pages.script)
        \(verbatim: Self.scripts)
        </script>
        </body>
        </html>

        """
    }

    private var commonSetting: HTML {
        "<li class=\"setting\"><small>\(setting)</small>\(cautions.map(\.caution))</li>"
    }

    private var filter: HTML {
        """
        <form id="filter" role="search">
        <div class="verdicts" role="group" aria-label="By verdict" id="verdicts"></div>
        <input id="words" type="search" placeholder="Filter: words of id, claim and reason ( / )" \
        aria-label="Words of id, claim and reason" autocomplete="off" spellcheck="false">
        <select id="topic" aria-label="Topic"><option value="">all topics</option>\
        \(topics.map { "<option>\($0)</option>" })</select>
        \(isOfSeveral ? differences : nil)
        <select id="standing" aria-label="What a document says of it"><option value="">all documents</option>\
        <option value="holds">say the same</option><option value="differs">say nearly the same</option>\
        <option value="refuted">say otherwise</option><option value="uncited">say nothing</option></select>
        <output id="count" aria-live="polite"></output>
        </form>

        """
    }

    private var differences: HTML {
        """
        <select id="differs" aria-label="Where kernels differ"><option value="">alike or different</option>\
        <option value="any">kernels differ</option><option value="behaviour">kernels differ in behaviour</option>\
        <option value="unexplained">nothing explains a difference</option>\
        \(news.map { $0.choices(among: news.count) })</select>
        """
    }

    private var table: HTML {
        """
        <table class="scenarios" role="table" style="--runs: \(runs.count)">
        <thead><tr><th scope="col"><button type="button" data-sort="id">Scenario</button></th>\
        <th scope="col" class="claim">What Linux does</th>\(runs.map(\.heading))</tr></thead>
        <tbody>
        \(groups.map { $0.html(columns: runs.count + 2) })\
        </tbody>
        </table>

        """
    }
}

extension String {
    fileprivate var caution: HTML { "<small class=\"caution\">\(self)</small>" }
}

extension Page.Run {
    fileprivate var html: HTML {
        """
        <li><b>Linux \(name)</b> <span class="counts">\(counts.map { $0.html(run: number) })</span>
        \(attempts.map { "<small>\($0)</small>" })
        <small>\(setting)</small>\(cautions.map(\.caution))\
        \(console.map { "<details><summary>console</summary><pre>\($0)</pre></details>" })</li>

        """
    }

    fileprivate var heading: HTML {
        """
        <th scope="col" class="cell"><button type="button" data-sort="time\(number)" title="\(name)">\
        <span>\(short)</span></button></th>
        """
    }
}

extension Page.Count {
    fileprivate func html(run: Int) -> HTML {
        "<a class=\"verdict \(verdict)\" href=\"#?run=\(run)&amp;verdict=\(verdict)\">\(words)</a> "
    }
}

extension Page.Group {
    fileprivate func html(columns: Int) -> HTML {
        """
        <tr class="group" data-group="\(verdict)"><th scope="colgroup" colspan="\(columns)">\
        <span class="verdict \(verdict)">\(title)</span> <span class="number">\(rows.count)</span></th></tr>
        \(rows.map { $0.html(group: verdict) })
        """
    }
}

extension Page.Row {
    fileprivate func html(group: String) -> HTML {
        """
        <tr data-n="\(number)" data-id="\(id)" data-group="\(group)" data-topic="\(topic)" data-standing="\(standing)" \
        data-verdicts="\(verdicts)" data-differs="\(differs)">
        <th scope="row"><a href="#\(id)">\(id)</a>\(isDifferent ? Self.mark : nil)</th>
        <td class="claim">\(claim)\(reasons.map(\.html))</td>
        \(cells.map { $0.html(id: id) })\
        </tr>

        """
    }

    private static let mark: HTML =
        "<span class=\"differs\" title=\"kernels differ\"> ≠<span class=\"sr\"> kernels differ</span></span>"

    fileprivate var script: HTML {
        """
        <script type="application/json" class="scenario" data-id="\(id)">\(verbatim: data)</script>

        """
    }
}

extension Page.Reason {
    fileprivate var html: HTML {
        "<span class=\"reason \(verdict)\">\(run.map { "<b>\($0)</b> " })\(words)</span>"
    }
}

extension Page.Cell {
    fileprivate func html(id: String) -> HTML {
        """
        <td class="cell" data-took="\(took)"><a class="verdict \(verdict)" href="#\(id)@\(run)" title="\(title)">\
        <span aria-hidden="true">\(mark)</span><span class="sr">\(title) </span>\
        \(word.map { "<b aria-hidden=\"true\"> \($0)</b>" })<small>\(time)</small></a></td>

        """
    }
}
