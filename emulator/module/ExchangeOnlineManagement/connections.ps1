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
    # The connection of this id, or without an id the newest; throws when there is none.
    param([string]$Id)
    $list = (Get-ConnectionList).ToArray()
    $found = if ($Id) { $list | Where-Object { $_.ConnectionId -eq $Id } } else { $list | Select-Object -Last 1 }
    if ($null -eq $found) { throw [InvalidOperationException]::new($script:NoConnection) }
    $found
}

function Get-ConnectionInformation {
    <#
    .SYNOPSIS
    Lists the connections of this process.
    .NOTES
    With -AccessToken, the expiry is the end of all days and the token is Active for ever. That is
    how Microsoft's module answers, too: it says nothing about the token.
    #>
    [CmdletBinding(DefaultParameterSetName = 'All')]
    param(
        [Parameter(ParameterSetName = 'ConnectionId', Mandatory)][string[]]$ConnectionId,
        [Parameter(ParameterSetName = 'ModulePrefix', Mandatory)][string[]]$ModulePrefix
    )
    foreach ($connection in (Get-ConnectionList).ToArray()) {
        if ($ConnectionId -and $connection.ConnectionId -notin $ConnectionId) { continue }
        if ($ModulePrefix -and $connection.Prefix -notin $ModulePrefix) { continue }
        ConvertTo-ConnectionInformation $connection
    }
}

function ConvertTo-ConnectionInformation {
    param($Connection)
    $newest = (Get-Connection).ConnectionId -eq $Connection.ConnectionId
    [pscustomobject]@{
        ConnectionId                     = [guid]$Connection.ConnectionId
        State                            = 'Connected'
        Id                               = $Connection.Number
        Name                             = "ExchangeOnline_$($Connection.Number)"
        UserPrincipalName                = $Connection.UserPrincipalName
        ConnectionUri                    = $Connection.BaseUri
        AzureAdAuthorizationEndpointUri  = $Connection.AuthorizationUri
        TokenExpiryTimeUTC               = [DateTimeOffset]::MaxValue
        CertificateAuthentication        = $false
        ModuleName                       = $Connection.ModuleFolder
        ModulePrefix                     = $Connection.Prefix
        Organization                     = $Connection.Organization
        DelegatedOrganization            = $Connection.DelegatedOrganization
        AppId                            = $Connection.AppId
        PageSize                         = $Connection.PageSize
        TenantID                         = $Connection.TenantId
        TokenStatus                      = 'Active'
        ConnectionUsedForInbuiltCmdlets  = $newest
        IsEopSession                     = $false
    }
}

function Disconnect-ExchangeOnline {
    <#
    .SYNOPSIS
    Ends connections and removes the modules that were imported for them.
    .NOTES
    Without arguments, every connection of the process ends, in whichever runspace it was made.
    #>
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High', DefaultParameterSetName = 'All')]
    param(
        [Parameter(ParameterSetName = 'ConnectionId', Mandatory)][string[]]$ConnectionId,
        [Parameter(ParameterSetName = 'ModulePrefix', Mandatory)][string[]]$ModulePrefix
    )
    $chosen = @((Get-ConnectionList).ToArray() | Where-Object {
            (-not $ConnectionId -or $_.ConnectionId -in $ConnectionId) -and
            (-not $ModulePrefix -or $_.Prefix -in $ModulePrefix) })
    $what = if ($ConnectionId -or $ModulePrefix) { "$($chosen.Count) connection(s)" } else { 'all connections of this process' }
    # The work stands inside the condition: where nobody can be asked, asking fails, and a script goes on behind it.
    if ($PSCmdlet.ShouldProcess($what, 'Disconnect-ExchangeOnline')) {
        foreach ($connection in $chosen) {
            Remove-Connection $connection
            Remove-TemporaryModule $connection.ModuleFolder
        }
    }
}
