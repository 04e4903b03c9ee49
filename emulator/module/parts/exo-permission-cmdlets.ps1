# The built-in cmdlets that read who may do what with a mailbox.

function Get-EXOMailboxPermission {
    <#
    .SYNOPSIS
    Reads who may open a mailbox.
    #>
    [CmdletBinding(DefaultParameterSetName = 'Default')]
    param(
        [Parameter(ParameterSetName = 'Identity', Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)][string]$Identity,
        [Parameter(ParameterSetName = 'Identity', ValueFromPipelineByPropertyName)][Nullable[guid]]$ExternalDirectoryObjectId,
        [Parameter(ParameterSetName = 'Identity', ValueFromPipelineByPropertyName)][string]$PrimarySmtpAddress,
        [Parameter(ParameterSetName = 'Identity', ValueFromPipelineByPropertyName)][string]$UserPrincipalName,
        [Parameter(ParameterSetName = 'Identity')][string]$User,
        [Parameter(ParameterSetName = 'Identity')][switch]$Owner,
        [Parameter(ParameterSetName = 'Identity')][switch]$SoftDeletedMailbox,
        [object]$ResultSize
    )
    process {
        $id = Get-RequiredIdentity 'Get-EXOMailboxPermission' $PSBoundParameters
        $query = ConvertTo-Query $PSBoundParameters 'User', 'Owner', 'SoftDeletedMailbox'
        Invoke-ResourceRequest 'Get-EXOMailboxPermission' 'Mailbox' $id 'MailboxPermission' $query $PSBoundParameters
    }
}

function Get-EXORecipientPermission {
    <#
    .SYNOPSIS
    Reads who may send as a recipient.
    #>
    [CmdletBinding(DefaultParameterSetName = 'Default')]
    param(
        [Parameter(ParameterSetName = 'Identity', Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)][string]$Identity,
        [Parameter(ParameterSetName = 'Identity', ValueFromPipelineByPropertyName)][Nullable[guid]]$ExternalDirectoryObjectId,
        [Parameter(ParameterSetName = 'Identity', ValueFromPipelineByPropertyName)][string]$PrimarySmtpAddress,
        [Parameter(ParameterSetName = 'Identity', ValueFromPipelineByPropertyName)][string]$UserPrincipalName,
        [string]$Trustee, [string[]]$AccessRights, [object]$ResultSize
    )
    process {
        $id = Get-RequiredIdentity 'Get-EXORecipientPermission' $PSBoundParameters
        Invoke-ResourceRequest 'Get-EXORecipientPermission' 'Recipient' $id 'RecipientPermission' @{} $PSBoundParameters |
            Where-Object { -not $Trustee -or $_.Trustee -eq $Trustee } |
            Where-Object { -not $AccessRights -or ($_.AccessRights | Where-Object { $_ -in $AccessRights }) }
    }
}

function Get-EXOMailboxFolderPermission {
    <#
    .SYNOPSIS
    Reads who may do what with one folder of a mailbox: 'mailbox:\folder', or the mailbox's root.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)][string]$Identity,
        [Parameter(ValueFromPipelineByPropertyName)][Nullable[guid]]$ExternalDirectoryObjectId,
        [Parameter(ValueFromPipelineByPropertyName)][string]$PrimarySmtpAddress,
        [Parameter(ValueFromPipelineByPropertyName)][string]$UserPrincipalName,
        [string]$User, [switch]$GroupMailbox
    )
    process {
        $mailbox, $folder = (Get-RequiredIdentity 'Get-EXOMailboxFolderPermission' $PSBoundParameters) -split ':', 2
        if (-not $folder) { $folder = '\' }
        $member = "MailboxFolder('$(ConvertTo-Base64Id $folder)')/MailboxFolderPermission"
        $query = ConvertTo-Query $PSBoundParameters 'User', 'GroupMailbox'
        Invoke-ResourceRequest 'Get-EXOMailboxFolderPermission' 'Mailbox' $mailbox $member $query $PSBoundParameters
    }
}
