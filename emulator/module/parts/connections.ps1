# Which connections does this process have, and which one is the newest?
#
# Like Microsoft's module, the list belongs to the process, not to the runspace: a disconnect in
# one runspace takes the connections of all. It lies in the application domain's data.

$script:ConnectionsKey = 'exo-jobs.emulator.connections'
$script:NoConnection = 'You must call Connect-ExchangeOnline before calling any other cmdlet.'

function Get-ConnectionList {
    $domain = [AppDomain]::CurrentDomain
    if ($null -eq $domain.GetData($script:ConnectionsKey)) {
        $domain.SetData($script:ConnectionsKey, [Collections.ArrayList]::Synchronized([Collections.ArrayList]::new()))
    }
    , $domain.GetData($script:ConnectionsKey)
}

function Add-Connection {
    param($Connection)
    $list = Get-ConnectionList
    # The number in a name is never given twice, also not after a disconnect.
    $number = 1 + [int][AppDomain]::CurrentDomain.GetData("$script:ConnectionsKey.count")
    [AppDomain]::CurrentDomain.SetData("$script:ConnectionsKey.count", $number)
    $Connection.Number = $number
    [void]$list.Add($Connection)
}

function Remove-Connection {
    param($Connection)
    (Get-ConnectionList).Remove($Connection)
}

function Get-Connection {
    # The connection of this id, or without an id the one that serves Get-EXO*; throws when there is none.
    param([string]$Id)
    $found = if ($Id) { (Get-ConnectionList).ToArray() | Where-Object { $_.ConnectionId -eq $Id } } else { Get-NewestConnection }
    if ($null -eq $found) { throw [InvalidOperationException]::new($script:NoConnection) }
    $found
}

function Get-NewestConnection {
    # The newest to Exchange itself: Connect-IPPSSession leaves the settings of Get-EXO* as they are.
    (Get-ConnectionList).ToArray() | Where-Object { -not $_.IsEop } | Select-Object -Last 1
}
